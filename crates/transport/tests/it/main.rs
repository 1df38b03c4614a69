//! A transport as clients see it, over real sockets.

#[cfg(test)]
mod compressing;
mod connecting;
#[cfg(test)]
mod handlers;
#[cfg(test)]
mod holding;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod order;
#[cfg(test)]
mod other_streams;
#[cfg(test)]
mod polling;
#[cfg(test)]
mod shutdown;
#[cfg(test)]
mod slow_readers;
#[cfg(test)]
mod support;
#[cfg(test)]
mod upgrading;
