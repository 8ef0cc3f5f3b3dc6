import Foundation
import LocalServers

/// A blocking TCP connection on the loopback interface, for a client or server that misbehaves on purpose.
public final class RawSocket: Sendable {
    private let descriptor: Int32

    /// Connects to a port.
    public init(port: Int) throws {
        descriptor = try Self.connected(to: port)
    }

    /// Uses a connection that was accepted.
    init(accepted descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    private static func connected(to port: Int) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
        let status = withLoopback(port) { connect(descriptor, $0, $1) }
        guard status == 0 else {
            let error = POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
            close(descriptor)
            throw error
        }
        return descriptor
    }

    static func withLoopback(_ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
    }

    /// Sends bytes. Stops if the other side does not accept any for the given time.
    ///
    /// - Returns: Whether all bytes were accepted.
    @discardableResult
    public func send(_ bytes: [UInt8], within milliseconds: Int32 = 1000) -> Bool {
        var sent = 0
        while sent < bytes.count {
            var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard Foundation.poll(&poll, 1, milliseconds) > 0 else { return false }
            let count = bytes.withUnsafeBytes {
                Foundation.send(
                    descriptor,
                    $0.baseAddress! + sent,
                    $0.count - sent,
                    Int32(MSG_NOSIGNAL | MSG_DONTWAIT)
                )
            }
            guard count > 0 || (count < 0 && errno == EAGAIN) else { return false }
            sent += max(0, count)
        }
        return true
    }

    @discardableResult
    public func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// The bytes that are available; empty at the end of the connection, `nil` if nothing arrives in time.
    public func receive(within milliseconds: Int32) -> [UInt8]? {
        var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard Foundation.poll(&poll, 1, milliseconds) > 0 else { return nil }
        var room = [UInt8](repeating: 0, count: 65536)
        let count = recv(descriptor, &room, room.count, 0)
        return Array(room.prefix(max(0, count)))
    }

    /// Everything until the end of the connection.
    ///
    /// - Returns: The text, and whether the connection ended in time.
    public func rest(within milliseconds: Int32) -> (text: String, isClosed: Bool) {
        var received: [UInt8] = []
        while let bytes = receive(within: milliseconds) {
            if bytes.isEmpty { return (String(decoding: received, as: UTF8.self), true) }
            received += bytes
        }
        return (String(decoding: received, as: UTF8.self), false)
    }

    /// Closes our side for sending; the other side can still answer.
    public func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// When the socket is closed, the connection is reset.
    public func resetWhenClosed() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
    }
}

/// Runs blocking work on a separate thread.
public func onThread<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<T, any Error>) in
        Thread.detachNewThread { continuation.resume(with: Result { try work() }) }
    }
}

/// Accepts connections on a free port of the loopback interface.
public final class RawListener: Sendable {
    public let port: Int
    private let descriptor: Int32

    /// - Parameter port: The port to listen on; `nil` for a free one.
    public init(port: Int? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        self.port = try port ?? Port.free()
        var one: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, 4)
        guard RawSocket.withLoopback(self.port, { bind(descriptor, $0, $1) }) == 0, listen(descriptor, 256) == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
    }

    /// The next connection; `nil` if the listener was stopped.
    public func accept() -> RawSocket? {
        let accepted = Foundation.accept(descriptor, nil, nil)
        return accepted >= 0 ? RawSocket(accepted: accepted) : nil
    }

    public func stop() {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }
}
