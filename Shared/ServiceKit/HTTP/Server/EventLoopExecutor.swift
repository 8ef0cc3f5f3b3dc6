import NIOCore
import NIOPosix
import ServiceLifecycle

/// Runs the tasks of a server on the event loop that reads its connections.
///
/// Otherwise each request goes from the event loop to a thread of Swift's pool and back, and again for each wait: at a few thousand requests
/// a second the switches cost more than the requests. One loop is enough for a daemon: its work is to wait for stores. What computes for
/// longer than a millisecond or blocks has threads of its own (PostgreSQL, Redis, scrypt).
final class EventLoopExecutor: TaskExecutor {
    static let shared = EventLoopExecutor(MultiThreadedEventLoopGroup.singleton.any())

    let loop: any EventLoop

    private init(_ loop: any EventLoop) {
        self.loop = loop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

/// A service whose tasks run on the event loop.
struct OnEventLoop<Wrapped: Service>: Service {
    let wrapped: Wrapped

    func run() async throws {
        try await withTaskExecutorPreference(EventLoopExecutor.shared) { try await wrapped.run() }
    }
}
