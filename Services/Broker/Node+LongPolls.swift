import NIOCore

extension Node {
    /// Suspends until the partitions together have this many bytes more, or for `milliseconds`.
    func waitForRecords(in partitions: Set<TopicPartition>, bytes: Int, milliseconds: Int64) async {
        guard !isClosing else { return }
        let waiter = Waiter(bytes: bytes)
        for partition in partitions { waiting[partition, default: []].append(waiter) }
        let timeout = eventLoop.scheduleTask(in: .milliseconds(milliseconds)) {
            self.assumeIsolated { _ in waiter.wake() }
        }
        await waiter.wait()
        timeout.cancel()
        for partition in partitions {
            waiting[partition]?.removeAll { $0 === waiter }
            if waiting[partition]?.isEmpty == true { waiting[partition] = nil }
        }
    }

    /// Wakes the long polls of a partition that has more to read than before. Without `bytes` they must look again in any
    /// case.
    func announce(_ partition: TopicPartition, bytes: Int = .max) {
        if let log = log(partition), log.isFlushDue { unflushed.insert(partition) }
        for waiter in waiting[partition] ?? [] { waiter.add(bytes) }
    }
}

/// One suspended request, woken at most once.
final class Waiter: @unchecked Sendable {  // confined to the node's event loop
    private var continuation: CheckedContinuation<Void, Never>?
    private var isAwake = false
    /// The bytes still missing for an answer. A poll that wants many bytes must look through all its partitions, so it is not
    /// woken for every few.
    private var missing: Int

    init(bytes: Int) {
        missing = bytes
    }

    func add(_ bytes: Int) {
        missing -= min(bytes, missing)
        if missing == 0 { wake() }
    }

    func wait(isolation: isolated (any Actor)? = #isolation) async {
        guard !isAwake else { return }
        await withCheckedContinuation { continuation = $0 }
    }

    func wake() {
        isAwake = true
        continuation?.resume()
        continuation = nil
    }
}
