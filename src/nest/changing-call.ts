import { handlerMark } from './handler-mark';

const changing = handlerMark('heartbeat changing call');

/** Says of a handler of GET that it changes something all the same. */
export const ChangingCall = changing.mark;

/** Whether a handler changes something, whatever its method. */
export const isChangingCall = changing.isOn;
