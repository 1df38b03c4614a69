//! The native Socket.IO namespace `/`: signs connections in, subscribes them to their rooms, replays what they missed,
//! runs their events, and delivers what the bus says.
