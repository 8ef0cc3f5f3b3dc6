import NIOCore
import NIOPosix

extension Node {
    /// With `--flush`: waits until everything that the request has written is on the disk: records, markers, offsets.
    ///
    /// To be called as soon as its handler returns. Handlers that write do not suspend, so nothing of others is in the set,
    /// and nothing of ours was taken by them.
    func flushWritten() async throws {
        guard !unflushed.isEmpty else { return }
        let written = Array(unflushed)
        unflushed = []
        try await flush(written)
    }

    /// Waits until what stands in these partitions now is on the disk.
    ///
    /// Group commit: while one fsync of a partition is under way, everyone who comes waits for the next one together.
    private func flush(_ partitions: [TopicPartition]) async throws {
        for log in partitions.compactMap(log(_:)) {
            let end = log.end
            while log.flushedUpTo < end {
                if let running = flushing[ObjectIdentifier(log)] {
                    try await running.get()
                } else {
                    try await flush(log)
                }
            }
        }
    }

    private func flush(_ log: PartitionLog) async throws {
        let reached = log.end
        let files = log.segments.filter { $0.nextOffset > log.flushedUpTo }.map(\.file)
        let flushed = disk.runIfActive(eventLoop: eventLoop) {
            for file in files { try file.sync() }
        }
        flushing[ObjectIdentifier(log)] = flushed
        defer { flushing[ObjectIdentifier(log)] = nil }
        try await flushed.get()
        log.flushedUpTo = max(log.flushedUpTo, reached)
    }
}
