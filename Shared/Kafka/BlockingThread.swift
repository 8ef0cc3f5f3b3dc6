import Foundation

/// Where blocking calls run: Swift's own threads must never wait.
enum BlockingThread {
    private static let queue = DispatchQueue(label: "dcmms.kafka", attributes: .concurrent)

    /// Runs `body`, which blocks for as long as a client lives, on a thread of its own.
    static func detach(_ name: String, _ body: @escaping @Sendable () -> Void) {
        let thread = Thread(block: body)
        thread.name = name
        thread.start()
    }

    /// Runs one blocking call and waits for its value without blocking.
    static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result(catching: body)) }
        }
    }

    /// Runs one blocking call that nobody waits for.
    static func run(_ body: @escaping @Sendable () -> Void) {
        queue.async(execute: body)
    }
}
