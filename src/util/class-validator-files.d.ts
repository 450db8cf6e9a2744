/** The files of class-validator have the types of the whole. */
declare module 'class-validator/cjs/*' {
  export * from 'class-validator';
}
