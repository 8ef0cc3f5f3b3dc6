import Foundation
import LocalServers
import Synchronization

/// A TCP proxy between clients and a server on this machine that can hold back what clients send.
///
/// Let the server advertise ``port`` as its own, so that clients connect through this proxy.
public final class Wire: Sendable {
    private struct State {
        var connections = 0
        /// The data of connections with a lower number is held.
        var heldBelow = 0
        var held: [UInt8] = []
        var answered = 0
        var isOpen = true
    }

    public let port: Int
    private let server: Int
    private let listener: Int32
    private let state = Mutex(State())

    /// - Parameter server: The server's port.
    public init(to server: Int) throws {
        self.server = server
        port = try Port.free()
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var yes: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, 4)
        guard Self.withAddress(port, { bind(listener, $0, $1) }) == 0, listen(listener, 64) == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
        Thread.detachNewThread { [self] in accept() }
    }

    /// Holds what clients send over the existing connections. Later connections are not held.
    public func hold() { state.withLock { $0.heldBelow = $0.connections } }

    /// Forwards what was held.
    public func release() {
        state.withLock { state in
            state.heldBelow = 0
            state.answered = 0
        }
    }

    /// The bytes that are held now.
    public var held: [UInt8] { state.withLock { $0.held } }

    /// The number of bytes that the server has sent since ``release()``.
    public var answered: Int { state.withLock { $0.answered } }

    public func close() {
        state.withLock { $0.isOpen = false }
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private func accept() {
        while true {
            let client = Glibc.accept(listener, nil, nil)
            guard client >= 0 else { break }
            let upstream = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            guard Self.withAddress(server, { connect(upstream, $0, $1) }) == 0 else {
                Glibc.close(client)
                Glibc.close(upstream)
                continue
            }
            let number = state.withLock { state in
                state.connections += 1
                return state.connections - 1
            }
            let descriptors = [client, upstream]
            for descriptor in descriptors {
                var yes: Int32 = 1
                setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, 4)
            }
            Thread.detachNewThread { [self] in
                Self.forward(from: client, to: upstream) { wait($0, on: number) }
            }
            Thread.detachNewThread { [self] in
                Self.forward(from: upstream, to: client) { bytes in state.withLock { $0.answered += bytes.count } }
            }
        }
        Glibc.close(listener)
    }

    private func wait(_ bytes: ArraySlice<UInt8>, on connection: Int) {
        let isHeld = state.withLock { state in
            guard state.isOpen, connection < state.heldBelow else { return false }
            state.held += bytes
            return true
        }
        guard isHeld else { return }
        while state.withLock({ $0.isOpen && connection < $0.heldBelow }) { usleep(2000) }
    }

    private static func forward(from: Int32, to: Int32, _ see: (ArraySlice<UInt8>) -> Void) {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = recv(from, &buffer, buffer.count, 0), count > 0 {
            see(buffer[..<count])
            guard send(to, buffer, count, Int32(MSG_NOSIGNAL)) == count else { break }
        }
        shutdown(to, Int32(SHUT_RDWR))
        shutdown(from, Int32(SHUT_RDWR))
    }

    private static func withAddress(_ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
    }
}
