import Foundation

/// A blocking socket, for a client that misbehaves on purpose.
final class RawConnection: Sendable {
    private let descriptor: Int32

    enum Answer: Equatable {
        case frame([UInt8])
        case closed
        /// Nothing in that time: a long poll, or an incomplete request.
        case nothing
    }

    init(port: Int, receiveBuffer: Int32? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if var size = receiveBuffer { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, 4) }
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    }

    deinit { close(descriptor) }

    static func framed(_ bytes: [UInt8], length: Int32? = nil) -> [UInt8] {
        let length = UInt32(bitPattern: length ?? Int32(bytes.count))
        return (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * UInt32($0))) } + bytes
    }

    /// - Returns: how many bytes the other side's buffers accepted.
    @discardableResult
    func send(_ bytes: [UInt8], flags: Int32 = 0) -> Int {
        Foundation.send(descriptor, bytes, bytes.count, flags | Int32(MSG_NOSIGNAL))
    }

    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Whether the other side has closed the connection, and everything that it sent was received.
    var isClosed: Bool {
        var byte: UInt8 = 0
        let count = recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
        return count == 0 || (count < 0 && errno != EAGAIN && errno != EWOULDBLOCK)
    }

    /// Everything up to the connection's end.
    func rest(within milliseconds: Int32) -> [UInt8] {
        var received: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 65536)
        var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while Foundation.poll(&poll, 1, milliseconds) > 0 {
            let count = recv(descriptor, &room, room.count, 0)
            guard count > 0 else { break }
            received += room.prefix(count)
        }
        return received
    }

    func receive(within milliseconds: Int32) -> Answer {
        var received: [UInt8] = []
        while true {
            if received.count >= 4 {
                let length = received.prefix(4).reduce(0) { $0 << 8 | Int($1) }
                if received.count >= 4 + length { return .frame(Array(received[4..<4 + length])) }
            }
            var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard Foundation.poll(&poll, 1, milliseconds) > 0 else { return .nothing }
            var room = [UInt8](repeating: 0, count: 65536)
            let count = recv(descriptor, &room, room.count, 0)
            guard count > 0 else { return .closed }
            received += room.prefix(count)
        }
    }
}
