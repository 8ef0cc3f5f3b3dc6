import Foundation
import LocalFleet

/// TCP on loopback with blocking calls, for measurements on their own threads.
enum BlockingSocket {
    static func listenOnLoopback() -> (descriptor: Int32, port: Int) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = loopback(0)
        _ = withAddress(&address) { bind(descriptor, $0, $1) }
        listen(descriptor, 1)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            _ = pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
    }

    static func connect(port: Int) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = loopback(port)
        guard withAddress(&address, { Foundation.connect(descriptor, $0, $1) }) == 0 else {
            close(descriptor)
            throw Refusal("port \(port) can't be reached: \(String(cString: strerror(errno)))")
        }
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        return descriptor
    }

    /// Sends everything.
    static func send(_ bytes: some Collection<UInt8>, to descriptor: Int32) throws {
        let sent: Void? = try bytes.withContiguousStorageIfAvailable { buffer in
            var done = 0
            while done < buffer.count, let base = buffer.baseAddress {
                let count = Foundation.send(descriptor, base + done, buffer.count - done, Int32(MSG_NOSIGNAL))
                guard count > 0 else { throw Refusal("the connection ended: \(String(cString: strerror(errno)))") }
                done += count
            }
        }
        if sent == nil { try send(Array(bytes), to: descriptor) }
    }

    private static func loopback(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }

    private static func withAddress(_ address: inout sockaddr_in, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32)
        -> Int32
    {
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
