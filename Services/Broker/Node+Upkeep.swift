import Logging
import NIOCore
import NIOPosix

/// Periodic work: time-outs, retention, compaction.
extension Node {
    private static let tick: Int64 = 100

    /// Runs time-outs until the task is cancelled.
    func keepTime() async {
        while !Task.isCancelled && !isClosing {
            coordinator.tick(now: uptime)
            tendTransactions()
            flushOverdue()
            try? await Task.sleep(for: .milliseconds(Self.tick))
        }
    }

    /// As above, for work that can take long: no session and no transaction waits for a compaction.
    func keepLogs() async {
        while !Task.isCancelled && !isClosing {
            try? await Task.sleep(for: .milliseconds(settings.upkeepInterval))
            expireOffsets()
            await tendLogs()
        }
    }

    /// Retention and compaction of every partition, the latter on a disk thread.
    func tendLogs() async {
        for topic in topics.values {
            for (index, log) in topic.partitions.enumerated() where exists(topic) {
                do {
                    log.releaseIndexes(now: now)
                    log.forgetProducers(now: now)
                    if try log.applyRetention(now: now) { await checkpoint(log) }
                    try log.sealOverdue(now: now)
                    if exists(topic), let compaction = log.compaction(now: now) {
                        try await run(compaction, on: log, of: topic)
                    }
                } catch is CancellationError {
                    return
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

    private func run(_ compaction: Compaction, on log: PartitionLog, of topic: Topic) async throws {
        defer { log.isBeingCompacted = false }
        do {
            var compaction = compaction
            compaction.isWanted = { !self.isClosing }
            let result = try await disk.runIfActive(eventLoop: eventLoop) { [compaction] in try compaction.run() }.get()
            guard exists(topic) else { return compaction.discard() }
            // The old segments may hold the last trace of a producer's sequence. If the broker crashes right after, the next
            // start must find the sequence in a checkpoint, or it accepts a repeated batch as a new one.
            try await write(checkpoint: log)
            guard exists(topic) else { return compaction.discard() }
            try log.finish(result)
        } catch {
            compaction.discard()
            throw error
        }
        await checkpoint(log)
    }

    /// During a wait the topic may have been deleted, and its folder may now hold the files of another one.
    private func exists(_ topic: Topic) -> Bool { topics[topic.name] === topic }

    /// Writes a partition's checkpoint now, after those that are already being written.
    ///
    /// - Returns: whether it is on the disk.
    @discardableResult
    func checkpoint(_ log: PartitionLog) async -> Bool {
        do {
            try await write(checkpoint: log)
            return true
        } catch {
            logger.warning("checkpoint not written", metadata: ["folder": "\(log.directory)", "error": "\(error)"])
            return false
        }
    }

    private func write(checkpoint log: PartitionLog) async throws {
        try await maintenance.runIfActive(eventLoop: eventLoop, log.checkpointing(now: now)).get()
    }
}
