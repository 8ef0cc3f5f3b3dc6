import Logging
import NIOCore
import NIOPosix

/// What only time brings about: time-outs, retention, compaction.
extension Node {
    private static let tick = Duration.milliseconds(100)

    /// Lets it all happen until the task is cancelled.
    func keepTime() async {
        var nextUpkeep = uptime + settings.upkeepInterval
        while !Task.isCancelled && !isClosing {
            coordinator.tick(now: uptime)
            tendTransactions()
            flushOverdue()
            if uptime >= nextUpkeep {
                await tendLogs()
                nextUpkeep = uptime + settings.upkeepInterval
            }
            try? await Task.sleep(for: Self.tick)
        }
    }

    /// Retention and compaction of every partition, the latter on a disk thread.
    private func tendLogs() async {
        for topic in topics.values {
            for (index, log) in topic.partitions.enumerated() {
                do {
                    log.releaseIndexes(now: now)
                    if try log.applyRetention(now: now) { await checkpoint(log) }
                    if let compaction = log.compaction(now: now) { try await run(compaction, on: log) }
                } catch {
                    logger.error(
                        "upkeep failed",
                        metadata: ["topic": "\(topic.name)", "partition": "\(index)", "error": "\(error)"]
                    )
                }
                guard !isClosing else { return }
            }
        }
    }

    private func run(_ compaction: Compaction, on log: PartitionLog) async throws {
        do {
            let result = try await disk.runIfActive(eventLoop: eventLoop) { try compaction.run() }.get()
            // Meanwhile the topic may have been deleted, and its folder moved away.
            guard topics.values.contains(where: { $0.partitions.contains { $0 === log } }) else { return }
            try log.finish(result)
        } catch {
            log.isBeingCompacted = false
            throw error
        }
        await checkpoint(log)
    }

    /// Writes a partition's checkpoint now, in order with those that are under way.
    ///
    /// - Returns: whether it is on the disk.
    @discardableResult
    func checkpoint(_ log: PartitionLog) async -> Bool {
        let (checkpoint, directory) = (log.checkpoint(now: now), log.directory)
        do {
            try await maintenance.runIfActive(eventLoop: eventLoop) { try checkpoint.write(in: directory) }.get()
            return true
        } catch {
            logger.warning("checkpoint not written", metadata: ["folder": "\(directory)", "error": "\(error)"])
            return false
        }
    }
}
