import Foundation
import Logging
import NIOCore
import NIOPosix
import Synchronization

/// The one node of the cluster: owns every topic, group and transaction.
///
/// It runs on the event loop that also serves the connections. A request makes its changes in one go, without locks and
/// without a hop between threads; only a wait (a long poll, a rebalance, an fsync) lets other requests in between.
actor Node {
    let eventLoop: any EventLoop
    let settings: Settings
    let logger: Logger
    let clusterID: String
    let nodeID: Int32 = 1
    private(set) var advertised: Endpoint

    var topics: [String: Topic] = [:]
    var coordinator: GroupCoordinator
    /// Tombstones for topics that were deleted while the disk was full.
    var unwrittenTombstones: [OffsetRecord] = []
    /// By transactional id.
    var transactions: [String: Transaction] = [:]
    var producerIDs: ProducerIDs
    var schemas = SchemaStore()
    /// Topics that clients no longer see, but whose folder still exists.
    var deleting: Set<String> = []
    var security: Security
    var failedLogins = FailedLogins()
    private let closing = Atomic(false)
    var counters = Counters()
    /// Bytes of answers that their clients may not have read yet.
    var unreadAnswers = 0
    /// The partitions to which the current request has written so much that it must wait for the disk.
    var unflushed: Set<TopicPartition> = []
    /// Partitions whose last write failed.
    var refusing: Set<TopicPartition> = []
    /// On a full disk: when to retry the writes that are due.
    var retriesTransactionsAt: Int64 = 0
    /// There are open transactions that no coordinator knows and that could not be ended when the log was opened.
    var hasHangingTransactions = false
    /// The fsyncs under way, by partition.
    var flushing: [ObjectIdentifier: EventLoopFuture<Void>] = [:]
    /// Long polls, by the partitions that can end their waiting.
    var waiting: [TopicPartition: [Waiter]] = [:]
    private let lock: FolderLock
    /// One thread: checkpoints and sealed segments are written in their order.
    let maintenance = NIOThreadPool(numberOfThreads: 1)
    /// Cold reads and fsyncs, which may wait for the disk.
    let disk = NIOThreadPool(numberOfThreads: 2)

    /// One thread for passwords, because checking one is slow.
    let logins = NIOThreadPool(numberOfThreads: 1)

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        eventLoop.executor.asUnownedSerialExecutor()
    }

    init(settings: Settings, eventLoop: any EventLoop, logger: Logger) throws {
        self.settings = settings
        self.eventLoop = eventLoop
        self.logger = logger
        advertised = settings.advertise ?? settings.listen
        try FileManager.default.createDirectory(atPath: settings.data, withIntermediateDirectories: true)
        lock = try FolderLock(settings.data)
        for folder in ["topics", "deleted"] {
            try FileManager.default.createDirectory(
                atPath: "\(settings.data)/\(folder)",
                withIntermediateDirectories: true
            )
        }
        let secret = try Security.secret(settings.data + "/login-secret")
        security = try Security(access: settings.access, tls: settings.tls, secret: secret)
        producerIDs = try ProducerIDs(settings.data + "/producer-ids")
        clusterID = try Self.clusterID(settings.data + "/cluster-id")
        coordinator = GroupCoordinator(initialDelay: settings.groupInitialDelay)
        maintenance.start()
        disk.start()
        logins.start()
    }

    private static func clusterID(_ path: String) throws -> String {
        if let found = try SealedFile.read(path) { return String(decoding: found, as: UTF8.self) }
        let id = UUID().uuidString.lowercased()
        try SealedFile.write(path, Array(id.utf8))
        return id
    }

    /// Also read by work on other threads.
    nonisolated var isClosing: Bool { closing.load(ordering: .relaxed) }

    /// Wall clock in milliseconds, for record timestamps and retention.
    var now: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

    /// Monotonic milliseconds, for time-outs.
    var uptime: Int64 { Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000) }

    // MARK: - Life

    /// Opens every topic, then rebuilds groups and transactions from the internal ones.
    func open() throws {
        let clock = ContinuousClock.now
        try emptyTrash()
        var damages: [Damage] = []
        for name in try FolderCheck.topics(in: settings.data) {
            damages += try damage(in: name) { try openTopic(directory: "\(settings.data)/topics/\(name)") }
        }
        if damages.isEmpty {
            damages += try damage(in: Self.offsetsTopic) { try loadOffsets() }
            damages += try damage(in: Self.transactionsTopic) { try loadTransactions() }
        }
        guard damages.isEmpty else { throw DamagedFolder(folder: settings.data, damages: damages) }
        closeHangingTransactions()
        try loadSchemas()
        logger.info(
            "log opened",
            metadata: [
                "data": "\(settings.data)", "topics": "\(topics.count)", "took": "\(ContinuousClock.now - clock)",
            ]
        )
    }

    /// All damage that keeps a topic from being opened, not just the first place.
    private func damage(in topic: String, opening: () throws -> Void) throws -> [Damage] {
        do {
            try opening()
            return []
        } catch let damage as Damage {
            let found = try FolderCheck.check(topic: "\(settings.data)/topics/\(topic)").0
            return found.isEmpty ? [damage] : found
        }
    }

    /// Sets the address that clients get. It is known once the port is.
    func advertise(_ address: Endpoint) {
        advertised = address
    }

    /// Lets every waiting request end.
    func beginClosing() {
        closing.store(true, ordering: .relaxed)
        for waiter in waiting.values.joined() { waiter.wake() }
        coordinator.close()
        logins.shutdownGracefully { _ in }  // logins that are still in the queue are cancelled
    }

    /// Part of the five seconds between SIGTERM and the end. Records that are not checkpointed in that time are still in the
    /// log.
    private static let closingTime: Int64 = 3_000

    /// Writes everything to disk, so that the next start has nothing to scan.
    func close() async {
        closing.store(true, ordering: .relaxed)
        // Disk work left by rolls must not run after, or during, the writes below.
        try? await maintenance.runIfActive(eventLoop: eventLoop) {}.get()
        let deadline = uptime + Self.closingTime
        var late = 0
        for topic in topics.values {
            for (index, partition) in topic.partitions.enumerated() where !partition.isAsOpened {
                guard uptime < deadline else {
                    late += 1
                    continue
                }
                do {
                    try partition.close(now: now)
                } catch {
                    logger.error(
                        "partition not closed cleanly; the next start scans it",
                        metadata: ["topic": "\(topic.name)", "partition": "\(index)", "error": "\(error)"]
                    )
                }
            }
        }
        if late > 0 {
            logger.warning("no time to close all; the next start scans the rest", metadata: ["partitions": "\(late)"])
        }
        try? await maintenance.shutdownGracefully()
        try? await disk.shutdownGracefully()
        try? await logins.shutdownGracefully()
        lock.release()
    }
}

struct TopicPartition: Hashable, Sendable {
    let topic: String
    let partition: Int32
}
