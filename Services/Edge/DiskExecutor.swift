import Dispatch

/// Runs an actor on its own queue. The actor waits for the disk, and must not block one of the few threads that all tasks share.
final class DiskExecutor: SerialExecutor {
    private let queue = DispatchQueue(label: "dcmms.edge.disk")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
