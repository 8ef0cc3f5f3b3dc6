import Foundation
import Synchronization

/// TCP ports on the loopback interface.
public enum Port {
    private static let handedOut = Mutex<Set<Int>>([])

    /// A port that was free a moment ago, and that this process has not been given before: its server may still be starting.
    /// From below the range out of which the system takes the ports of outgoing connections: a server that is started
    /// again must find its port free. The port 1000 above is left for the daemon's operators.
    ///
    /// - Throws: ``LocalServerError`` when none can be found.
    public static func free() throws -> Int {
        for _ in 0..<200 {
            let port = 20_000 + 2000 * Int.random(in: 0..<6) + Int.random(in: 0..<1000)
            if isFree(port), isFree(port + 1000), handedOut.withLock({ $0.insert(port).inserted }) { return port }
        }
        throw LocalServerError("no port from 20000 to 31000 is free")
    }

    /// Refuses a port that something listens on.
    ///
    /// - Throws: ``LocalServerError`` that names the port and, where the system shows it, the process that has it.
    public static func require(_ port: Int, for name: String) throws {
        guard !isFree(port) else { return }
        let holder = PortHolder(of: port).map { "process \($0.pid) (\($0.program))" } ?? "another process"
        throw LocalServerError(
            "port \(port) for \(name) is taken by \(holder): end it, or choose another port with DCMMS_\(name.variable)_PORT"
        )
    }

    /// Whether something accepts connections on the port.
    public static func answers(_ port: Int) -> Bool {
        withSocket { socket in
            withAddress(UInt16(port)) { connect(socket, $0, $1) == 0 }
        }
    }

    /// The first bytes of the answer to a GET; `nil` when there is none within two seconds.
    static func get(_ path: String, on port: Int) async -> String? {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: blockingGet(path, on: port)) }
        }
    }

    private static func blockingGet(_ path: String, on port: Int) -> String? {
        withSocket { socket -> String? in
            var patience = timeval(tv_sec: 2, tv_usec: 0)
            setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
            guard withAddress(UInt16(port), { connect(socket, $0, $1) }) == 0 else { return nil }
            let request = "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
            guard send(socket, request, request.utf8.count, Int32(MSG_NOSIGNAL)) == request.utf8.count else {
                return nil
            }
            var bytes = [UInt8](repeating: 0, count: 256)
            let count = recv(socket, &bytes, 256, 0)
            return count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
        }
    }

    private static func isFree(_ port: Int) -> Bool {
        withSocket { socket in
            // Connections that still linger from a server that has ended do not count.
            var yes: Int32 = 1
            setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
            return withAddress(UInt16(port)) { bind(socket, $0, $1) } == 0
        }
    }

    private static func withSocket<Value>(_ body: (Int32) throws -> Value) rethrows -> Value {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        return try body(descriptor)
    }

    private static func withAddress<Value>(
        _ port: UInt16,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Value
    ) -> Value {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
    }
}

extension String {
    /// As part of an environment variable's name: `work-orders` is `WORK_ORDERS`.
    public var variable: String {
        uppercased().replacing("-", with: "_")
    }
}
