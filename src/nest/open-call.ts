import { handlerMark } from './handler-mark';

const open = handlerMark('heartbeat open call');

/** Says of a handler that it needs no credentials. */
export const OpenCall = open.mark;

/** Whether a handler needs no credentials. */
export const isOpenCall = open.isOn;
