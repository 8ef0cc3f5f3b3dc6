import Foundation
import NIOCore

@testable import Broker

/// One connection to the broker, which repeats nothing by itself: its user knows which requests got no answer. It blocks, and
/// belongs to the thread that uses it.
final class LogConnection {
    /// The broker is not there, or has gone before it answered.
    struct Lost: Error {}

    /// The broker answered with an error.
    struct Refused: Error, CustomStringConvertible {
        let api: String
        let code: Int16

        var error: ErrorCode? { ErrorCode(rawValue: code) }
        var description: String { "\(api) was refused with \(code)" }
    }

    private let descriptor: Int32

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var noDelay: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &noDelay, socklen_t(MemoryLayout<Int32>.size))
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Lost() }
    }

    deinit {
        close(descriptor)
    }

    /// Sends a request in a version before the flexible ones.
    func send(_ key: Int16, version: Int16, _ body: (inout WireWriter) -> Void) throws {
        var writer = WireWriter(isFlexible: false)
        writer.write(Int32(0))  // the length, known at the end
        writer.write(key)
        writer.write(version)
        writer.write(Int32(0))  // correlation: answers come in the order of their requests
        writer.write("crash")
        body(&writer)
        let frame = Array(writer.framed().readableBytesView)
        var done = 0
        while done < frame.count {
            let count = frame[done...].withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Lost() }
            done += count
        }
    }

    /// The body of the next answer.
    func receive() throws -> WireReader {
        var frame = try receive(4)
        let length = frame.readInteger(as: Int32.self) ?? 0
        var body = try receive(Int(length))
        body.moveReaderIndex(forwardBy: 4)  // correlation
        return WireReader(body, isFlexible: false)
    }

    func call(_ key: Int16, version: Int16, _ body: (inout WireWriter) -> Void) throws -> WireReader {
        try send(key, version: version, body)
        return try receive()
    }

    private func receive(_ count: Int) throws -> ByteBuffer {
        var buffer = ByteBuffer()
        while buffer.readableBytes < count {
            let missing = count - buffer.readableBytes
            let read = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: missing) {
                max(0, recv(descriptor, $0.baseAddress, missing, 0))
            }
            guard read > 0 else { throw Lost() }
        }
        return buffer
    }
}

extension WireReader {
    mutating func requireSuccess(of api: String) throws {
        let code = try read(Int16.self)
        guard code == 0 else { throw LogConnection.Refused(api: api, code: code) }
    }
}
