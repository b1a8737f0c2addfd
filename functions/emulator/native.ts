import koffi from "koffi";

/*
 * Configures koffi. Native functions run on a stack of koffi's, and the models' need is unknown, so that the stack has the largest
 * possible size. It must be set before any library is loaded: every user of koffi imports it from here.
 */
koffi.config({ ...koffi.config(), sync_stack_size: 16 * 2 ** 20 });

export default koffi;
