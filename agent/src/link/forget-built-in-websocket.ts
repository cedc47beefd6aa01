/**
 * Socket.IO looks whether there is a WebSocket of Node's own, which loads it (4 MB), and then uses another. To be
 * imported before Socket.IO.
 */
Reflect.deleteProperty(globalThis, 'WebSocket');
