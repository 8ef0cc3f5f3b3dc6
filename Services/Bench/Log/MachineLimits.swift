import Foundation
import LocalFleet

/// The best that this machine can do with a log's bytes: sequential writes to a file, and transfers from one socket to another on
/// loopback.
enum MachineLimits {
    private static let block = 1 << 20
    private static let blocks = 1024

    static func measure(in directory: URL) async throws -> [Rate] {
        let path = directory.appending(path: "blocks").path
        let write = try await onThread { try writeFile(path) }
        let copy = try await onThread { try copyOverLoopback() }
        return [
            Rate(name: "this machine: MB written to a file in order", perSecond: write),
            Rate(name: "this machine: MB copied over loopback", perSecond: copy),
        ]
    }

    private static func writeFile(_ path: String) throws -> Double {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Refusal("\(path) can't be written: \(String(cString: strerror(errno)))") }
        defer {
            close(file)
            unlink(path)
        }
        let bytes = [UInt8](repeating: 7, count: block)
        let begin = ContinuousClock.now
        for _ in 0..<blocks { try all(bytes) { write(file, $0, $1) } }
        return megabytesPerSecond(since: begin)
    }

    private static func copyOverLoopback() throws -> Double {
        let (sender, receiver) = try connectedSockets()
        defer {
            close(sender)
            close(receiver)
        }
        let begin = ContinuousClock.now
        Thread.detachNewThread {
            let bytes = [UInt8](repeating: 7, count: block)
            for _ in 0..<blocks { try? all(bytes) { send(sender, $0, $1, Int32(MSG_NOSIGNAL)) } }
        }
        var buffer = [UInt8](repeating: 0, count: block)
        var left = block * blocks
        while left > 0 {
            let got = recv(receiver, &buffer, buffer.count, 0)
            guard got > 0 else { throw Refusal("loopback ended early") }
            left -= got
        }
        return megabytesPerSecond(since: begin)
    }

    private static func connectedSockets() throws -> (sender: Int32, receiver: Int32) {
        let server = BlockingSocket.listenOnLoopback()
        defer { close(server.descriptor) }
        let sender = try BlockingSocket.connect(port: server.port)
        return (sender, accept(server.descriptor, nil, nil))
    }

    private static func all(_ bytes: [UInt8], _ body: (UnsafeRawPointer, Int) -> Int) throws {
        try bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count, let base = buffer.baseAddress {
                let count = body(base + done, buffer.count - done)
                guard count > 0 else { throw Refusal("writing stopped: \(String(cString: strerror(errno)))") }
                done += count
            }
        }
    }

    private static func megabytesPerSecond(since begin: ContinuousClock.Instant) -> Double {
        Double(block * blocks) / 1e6 / ((ContinuousClock.now - begin) / .seconds(1))
    }
}
