import Logging
import NIOCore
import NIOPosix

extension Node {
    /// Waits until what the request has written is on the disk (records, markers, offsets), where `flush.messages` says so.
    ///
    /// Call it as soon as the request's handler returns. Handlers that write do not suspend, so the set holds exactly what
    /// this request has written.
    func flushWritten() async throws {
        guard !unflushed.isEmpty else { return }
        let written = Array(unflushed)
        unflushed = []
        try await flush(written)
    }

    /// Waits until everything that is in these partitions now is on the disk.
    ///
    /// Group commit: while one fsync of a partition is running, all requests that arrive wait together for the next one.
    private func flush(_ partitions: [TopicPartition]) async throws {
        for log in partitions.compactMap(log(_:)) {
            let end = log.end
            while log.flushedUpTo < end {
                guard !log.isUnsure else { throw ErrorCode.storageError }
                if let running = flushing[ObjectIdentifier(log)] {
                    try await running.get()
                } else {
                    try await flush(log)
                }
            }
        }
    }

    private func flush(_ log: PartitionLog) async throws {
        counters.flushes += 1
        let flushed = disk.runIfActive(eventLoop: eventLoop, log.flushing(at: uptime))
        flushing[ObjectIdentifier(log)] = flushed
        defer { flushing[ObjectIdentifier(log)] = nil }
        do {
            try await flushed.get()
        } catch {
            // The topic was deleted in the meantime and its folder moved away: this is not a failure of the disk.
            guard topics.values.contains(where: { $0.partitions.contains { $0 === log } }) else {
                throw ErrorCode.unknownTopicOrPartition
            }
            logger.critical(
                "partition not synced; it takes no more until the broker is started again",
                metadata: ["folder": "\(log.directory)", "error": "\(error)"]
            )
            throw error
        }
    }

    /// Syncs what has waited for as long as `flush.ms` allows. No client waits for it.
    func flushOverdue() {
        for topic in topics.values where topic.settings.flushMilliseconds < .max {
            for (index, log) in topic.partitions.enumerated() where log.isFlushDue(at: uptime) && !log.isUnsure {
                guard flushing[ObjectIdentifier(log)] == nil else { continue }
                Task { try? await flush([TopicPartition(topic: topic.name, partition: Int32(index))]) }
            }
        }
    }
}
