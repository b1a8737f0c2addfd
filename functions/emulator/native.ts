import koffi from "koffi";

/*
 * koffi, set up: native functions run on a stack of its own, and how much of it models need is theirs to know, so they get the
 * most there can be. That must be said before any library is loaded: whoever needs koffi imports it from here.
 */
koffi.config({ ...koffi.config(), sync_stack_size: 16 * 2 ** 20 });

export default koffi;
