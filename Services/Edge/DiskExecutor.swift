import Dispatch

/// Runs an actor that waits for the disk on a queue of its own, and not on one of the few threads that all tasks share.
final class DiskExecutor: SerialExecutor {
    private let queue = DispatchQueue(label: "dcmms.edge.disk")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
