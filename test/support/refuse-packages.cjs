// node --require: whoever loads a package that REFUSED_PACKAGES names gets an error, as where it is not installed.
const Module = require('node:module');

const refused = (process.env.REFUSED_PACKAGES ?? '').split(' ');
const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  if (!refused.some((name) => request === name || request.startsWith(`${name}/`))) {
    return resolve.call(this, request, ...rest);
  }
  const error = new Error(`Cannot find module '${request}'`);
  throw Object.assign(error, { code: 'MODULE_NOT_FOUND' });
};
