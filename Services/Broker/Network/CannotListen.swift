import NIOCore

/// Names the address that could not be listened on: the system's error does not.
struct CannotListen: Error, CustomStringConvertible {
    let address: Endpoint
    let reason: any Error

    var description: String { "cannot listen on \(address): \(reason)" }
}
