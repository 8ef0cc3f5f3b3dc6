import Logging
import NIOCore
import NIOPosix

extension Node {
    private struct Asked {
        let index: Int32
        let offset: Int64
        let maxBytes: Int
    }

    private struct Found {
        let target: TopicPartition
        var error = ErrorCode.none
        var highWatermark: Int64 = -1
        var lastStableOffset: Int64 = -1
        var logStart: Int64 = -1
        var aborted: [ProducerStates.AbortedTransaction] = []
        var slice: PartitionLog.Slice?
    }

    /// The largest answer, whatever a client asks for: it limits the memory that a slow reader costs.
    private static let maxResponseBytes = 16 << 20
    /// The memory for all answers that clients have not read yet. Above it, every client gets small pieces only.
    private static let maxUnreadBytes = 128 << 20
    private static let smallPiece = 64 << 10

    func fetch(_ request: Request, _ response: inout WireWriter) async throws {
        let version = request.version
        let (maxWait, minBytes, maxBytes, readsCommitted, sessionEpoch, asked) = try request.read { body in
            _ = try body.read(Int32.self)  // replica id
            let maxWait = try body.read(Int32.self)
            let minBytes = try body.read(Int32.self)
            let maxBytes = try body.read(Int32.self)
            let readsCommitted = try body.read(Int8.self) == 1
            if version >= 7 { _ = try body.read(Int32.self) }  // session
            let sessionEpoch = version >= 7 ? try body.read(Int32.self) : -1
            let topics = try body.topics { body in
                let index = try body.read(Int32.self)
                if version >= 9 { _ = try body.read(Int32.self) }  // current leader epoch
                let offset = try body.read(Int64.self)
                if version >= 12 { _ = try body.read(Int32.self) }  // last fetched epoch
                if version >= 5 { _ = try body.read(Int64.self) }  // a follower's log start
                let maxBytes = Int(try body.read(Int32.self))
                try body.tags()
                return Asked(index: index, offset: offset, maxBytes: maxBytes)
            }
            return (maxWait, minBytes, maxBytes, readsCommitted, sessionEpoch, topics)
        }
        // An answer with session 0 declines the session; the client then sends all its partitions every time. A client that
        // continues another broker's session names only the partitions that have changed.
        guard sessionEpoch <= 0 else {
            response.write(Int32(0))  // throttle
            response.write(ErrorCode.fetchSessionIDNotFound)
            response.write(Int32(0))  // session
            response.array([] as [Int]) { _, _ in }
            return response.tags()
        }

        let deadline = uptime + min(Int64(maxWait), settings.limits.fetchWait)
        let targets = Set(asked.flatMap { topic in topic.partitions.map { topic[$0.index] } })
        var limit = room(for: maxBytes)
        // The right is checked again after each wait: it may have been withdrawn.
        func look() -> [ByTopic<Found>] {
            find(asked, limit: limit, readsCommitted: readsCommitted) { allows(request, .read, .topic($0)) }
        }
        var found = look()
        while !isClosing, !targets.isEmpty {
            // At most what one answer can hold: otherwise the fetch would wait for more than it can get.
            let wanted = min(Int(minBytes), limit)
            let missing = wanted - bytes(of: found)
            // An error is returned at once; otherwise the fetch waits until there is enough.
            guard missing > 0, found.allSatisfy({ $0.partitions.allSatisfy { $0.error == .none } }) else { break }
            let remaining = deadline - uptime
            guard remaining > 0 else { break }
            await waitForRecords(in: targets, bytes: missing, milliseconds: remaining)
            limit = room(for: maxBytes)
            found = look()
        }
        // Counted before the records are read: other fetches arrive while this one waits for the disk.
        let held = bytes(of: found)
        unreadAnswers += held
        defer { unreadAnswers -= held }

        response.write(Int32(0))  // throttle
        if version >= 7 {
            response.write(ErrorCode.none)
            response.write(Int32(0))  // session
        }
        try await response.topics(found) { response, _, partition in
            try await write(partition, readsCommitted, version, &response)
        }
        response.tags()
    }

    private func bytes(of found: [ByTopic<Found>]) -> Int {
        found.reduce(0) { sum, topic in topic.partitions.reduce(sum) { $0 + ($1.slice?.count ?? 0) } }
    }

    private func room(for maxBytes: Int32) -> Int {
        let room = max(Self.smallPiece, min(Self.maxResponseBytes, Self.maxUnreadBytes - unreadAnswers))
        // At least one byte: the first batch is always sent, even to a client that asks for no bytes at all.
        return min(max(Int(maxBytes), 1), room)
    }

    private func find(
        _ asked: [ByTopic<Asked>],
        limit: Int,
        readsCommitted: Bool,
        mayRead: (String) -> Bool
    ) -> [ByTopic<Found>] {
        var room = limit
        return asked.map { topic in
            let isAllowed = mayRead(topic.name)
            let partitions = topic.partitions.map { partition in
                let target = topic[partition.index]
                guard isAllowed else { return Found(target: target, error: .topicAuthorizationFailed) }
                let found = find(partition, in: target, room: room, readsCommitted: readsCommitted)
                room -= found.slice?.count ?? 0
                return found
            }
            return ByTopic(name: topic.name, partitions: partitions)
        }
    }

    private func find(_ asked: Asked, in target: TopicPartition, room: Int, readsCommitted: Bool) -> Found {
        var found = Found(target: target)
        guard let log = log(target) else {
            found.error = .unknownTopicOrPartition
            return found
        }
        found.highWatermark = log.end
        found.lastStableOffset = log.lastStableOffset
        found.logStart = log.start
        let limit = readsCommitted ? log.lastStableOffset : log.end
        do {
            guard asked.offset >= log.start, asked.offset <= log.end else { throw ErrorCode.offsetOutOfRange }
            guard room > 0 else { return found }
            found.slice = try log.slice(from: asked.offset, below: limit, maxBytes: min(asked.maxBytes, room))
            if readsCommitted, found.slice != nil { found.aborted = log.aborted(from: asked.offset, below: limit) }
        } catch let error as ErrorCode {
            found.error = error
        } catch let damage as Damage {
            found.error = refuse(damage, target)
        } catch {
            logger.error("log not readable", metadata: ["topic": "\(target.topic)", "error": "\(error)"])
            found.error = .storageError
        }
        return found
    }

    private func write(
        _ found: Found,
        _ readsCommitted: Bool,
        _ version: Int16,
        _ response: inout WireWriter
    ) async throws {
        let (found, cold) = try await readCold(found)
        response.write(found.target.partition)
        response.write(found.error)
        response.write(found.highWatermark)
        response.write(found.lastStableOffset)
        if version >= 5 { response.write(found.logStart) }
        if readsCommitted {
            response.array(found.aborted) { response, transaction in
                response.write(transaction.producerID)
                response.write(transaction.firstOffset)
                response.tags()
            }
        } else {
            response.nullArray()
        }
        if version >= 11 { response.write(Int32(-1)) }  // preferred read replica
        try writeRecords(found.slice, cold, &response)
    }

    /// Reads records that were written a moment ago straight from the file into the response: the page cache delivers them in
    /// microseconds.
    private func writeRecords(_ slice: PartitionLog.Slice?, _ cold: ByteBuffer?, _ response: inout WireWriter) throws {
        guard let slice else { return response.bytes([]) }
        counters.bytesOut += cold?.readableBytes ?? slice.count
        if let cold { return response.bytes(cold) }
        try response.bytes(count: slice.count) { room in
            guard try slice.file.read(into: room, at: slice.position) == room.count else {
                throw ErrorCode.storageError
            }
        }
    }

    /// Older records may be on disk only, so a disk thread reads them. It also checks what this process has not seen before:
    /// a damaged batch is never sent; the client gets the error instead.
    private func readCold(_ found: Found) async throws -> (Found, ByteBuffer?) {
        guard let slice = found.slice, !slice.isRecent else { return (found, nil) }
        do {
            let bytes = try await disk.runIfActive(eventLoop: eventLoop) {
                var buffer = ByteBuffer()
                try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: slice.count) { room in
                    let room = UnsafeMutableRawBufferPointer(rebasing: room[..<slice.count])
                    let count = try slice.file.read(into: room, at: slice.position)
                    return try slice.intactPrefix(UnsafeRawBufferPointer(rebasing: room[..<count]))
                }
                return buffer
            }.get()
            return (found, bytes)
        } catch let damage as Damage {
            var refused = found
            refused.error = refuse(damage, found.target)
            refused.slice = nil
            return (refused, nil)
        }
    }

    /// Kafka's error for a batch whose CRC is wrong: consumers report it with the offset, and can continue after it.
    private func refuse(_ damage: Damage, _ target: TopicPartition) -> ErrorCode {
        logger.error(
            "damaged batch not served",
            metadata: [
                "topic": "\(target.topic)", "partition": "\(target.partition)", "file": "\(damage.file)",
                "byte": "\(damage.offset)", "reason": "\(damage.reason)",
            ]
        )
        return .corruptMessage
    }
}
