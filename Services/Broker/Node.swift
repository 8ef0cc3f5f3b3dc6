import Foundation
import Logging
import NIOCore

/// The broker's whole state. Everything here happens on one event loop, one request at a time: no locks, and nothing that can
/// interleave. Appends and reads go to the page cache, which is quicker than handing them to another thread and back.
final class Node {
    let storage: Storage
    let settings: BrokerSettings
    let loop: any EventLoop
    let logger: Logger
    var groups: GroupCoordinator
    var transactions: TransactionCoordinator
    /// Fetches that wait for records.
    private var waiters: [Int: FetchWaiter] = [:]
    private var nextWaiter = 0
    private(set) var requestCount = 0

    init(settings: BrokerSettings, loop: any EventLoop, logger: Logger) throws {
        self.settings = settings
        self.loop = loop
        self.logger = logger
        storage = try Storage(
            root: settings.data,
            defaultPartitions: settings.partitions,
            flushesEveryAppend: settings.flushes
        )
        groups = try GroupCoordinator(storage: storage, initialDelay: settings.groupInitialDelay)
        transactions = try TransactionCoordinator(storage: storage)
        try transactions.recover(groups: groups, now: now)
    }

    /// Milliseconds since 1970.
    var now: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

    /// What a request may use to answer: once, now or later. `nil` sends nothing (acks 0).
    typealias Respond = (WireWriter?) -> Void

    /// Reads a request and answers it.
    ///
    /// - Throws: ``WireError`` when the request can't be read; the connection is then closed.
    func handle(_ frame: ByteBuffer, respond: @escaping (ByteBuffer?) -> Void) throws {
        requestCount += 1
        var reader = WireReader(frame)
        let key = try reader.integer(Int16.self)
        let version = try reader.integer(Int16.self)
        let correlation = try reader.integer(Int32.self)
        let client = try reader.nullableString() ?? ""
        let send: Respond = { body in
            guard var body = body?.buffer else { return respond(nil) }
            var response = ByteBufferAllocator().buffer(capacity: 8 + body.readableBytes)
            response.writeInteger(Int32(4 + body.readableBytes))
            response.writeInteger(correlation)
            response.writeBuffer(&body)
            respond(response)
        }
        guard let api = API(rawValue: key), api.versions.contains(version) else {
            // Only ApiVersions may be asked in a version that is not known: it is answered in the oldest form.
            guard key == API.apiVersions.rawValue else { throw WireError.truncated }
            return apiVersions(version: 0, error: .unsupportedVersion, respond: send)
        }
        let request = Request(version: version, client: client, respond: send)
        switch api {
        case .apiVersions: apiVersions(version: version, error: .none, respond: send)
        case .metadata: try metadata(&reader, request)
        case .produce: try produce(&reader, request)
        case .fetch: try fetch(&reader, request)
        case .listOffsets: try listOffsets(&reader, request)
        case .offsetForLeaderEpoch: try offsetForLeaderEpoch(&reader, request)
        case .findCoordinator: try findCoordinator(&reader, request)
        case .joinGroup: try joinGroup(&reader, request)
        case .syncGroup: try syncGroup(&reader, request)
        case .heartbeat: try heartbeat(&reader, request)
        case .leaveGroup: try leaveGroup(&reader, request)
        case .offsetCommit: try offsetCommit(&reader, request)
        case .offsetFetch: try offsetFetch(&reader, request)
        case .describeGroups: try describeGroups(&reader, request)
        case .listGroups: listGroups(request)
        case .deleteGroups: try deleteGroups(&reader, request)
        case .createTopics: try createTopics(&reader, request)
        case .deleteTopics: try deleteTopics(&reader, request)
        case .createPartitions: try createPartitions(&reader, request)
        case .deleteRecords: try deleteRecords(&reader, request)
        case .describeConfigs: try describeConfigs(&reader, request)
        case .initProducerID: try initProducerID(&reader, request)
        case .addPartitionsToTxn: try addPartitionsToTxn(&reader, request)
        case .addOffsetsToTxn: try addOffsetsToTxn(&reader, request)
        case .txnOffsetCommit: try txnOffsetCommit(&reader, request)
        case .endTxn: try endTxn(&reader, request)
        }
    }

    /// One request, as its handler sees it.
    struct Request {
        let version: Int16
        let client: String
        let respond: Respond
    }

    // MARK: - Time

    /// Called every 100 ms.
    func tick() {
        groups.tick(now: now)
        do {
            for partition in try transactions.abortExpired(groups: groups, now: now) { wake(partition) }
        } catch {
            logger.error("transactions could not be aborted", metadata: ["error": "\(error)"])
        }
    }

    /// Called now and then: retention and compaction.
    func tidy() {
        do {
            try storage.tidy(now: now)
        } catch {
            logger.error("upkeep failed", metadata: ["error": "\(error)"])
        }
    }

    // MARK: - Waiting fetches

    struct FetchWaiter {
        var partitions: Set<String>
        /// Tries to answer; true when it did.
        var attempt: (_ isLast: Bool) -> Bool
    }

    /// Answers as soon as `attempt` says so: at an append to one of the partitions, or at the deadline.
    func wait(for partitions: Set<String>, atMost milliseconds: Int32, _ attempt: @escaping (Bool) -> Bool) {
        let id = nextWaiter
        nextWaiter += 1
        waiters[id] = FetchWaiter(partitions: partitions, attempt: attempt)
        let bound = NIOLoopBound(self, eventLoop: loop)
        loop.scheduleTask(in: .milliseconds(Int64(milliseconds))) {
            if let waiter = bound.value.waiters.removeValue(forKey: id) { _ = waiter.attempt(true) }
        }
    }

    /// Tells the waiting fetches that a partition has more to read.
    func wake(_ partition: String) {
        for (id, waiter) in waiters where waiter.partitions.contains(partition) {
            if waiter.attempt(false) { waiters[id] = nil }
        }
    }

    static func name(_ topic: String, _ partition: Int32) -> String { "\(topic)/\(partition)" }

    func close() throws {
        try storage.close()
    }
}

/// What the command line says.
struct BrokerSettings: Sendable {
    var host: String
    var port: Int
    var advertisedHost: String
    var advertisedPort: Int
    var data: String
    var partitions: Int
    var createsTopics: Bool
    var flushes: Bool
    var groupInitialDelay: Int64
}
