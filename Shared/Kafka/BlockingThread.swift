import Foundation

/// Where blocking calls run: Swift's own threads must never wait.
enum BlockingThread {
    /// Runs `body`, which blocks for as long as a client lives, on a thread of its own.
    static func detach(_ name: String, _ body: @escaping @Sendable () -> Void) {
        let thread = Thread(block: body)
        thread.name = name
        thread.start()
    }

    /// Runs one blocking call that nobody waits for.
    static func start(_ body: @escaping @Sendable () -> Void) {
        // A serial queue for each call: Dispatch gives each a thread at once. One concurrent queue would get as many as there
        // are cores, and further ones only second by second.
        DispatchQueue(label: "dcmms.kafka").async(execute: body)
    }

    /// Runs one blocking call and waits for its value without blocking.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled; the call itself goes on to its end.
    static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        let promise = Promise<Value>()
        start { promise.fulfil(Result(catching: body)) }
        return try await promise.value()
    }

    /// Runs one blocking call whose end a cancelled task waits for as well: the caller needs its outcome.
    static func finish<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { waiter in
            start { waiter.resume(with: Result(catching: body)) }
        }
    }
}
