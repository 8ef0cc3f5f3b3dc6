import NIOCore

/// An address that could not be listened on, named: the system's error does not say which.
struct CannotListen: Error, CustomStringConvertible {
    let address: Endpoint
    let reason: any Error

    var description: String { "cannot listen on \(address): \(reason)" }
}
