/// What a client's callers and its thread share, behind a lock.
struct ConnectionState {
    private(set) var isStopping = false
    private(set) var isConnected = false
    /// Why there is no connection; `nil` while there is one, and before the first attempt has ended.
    private(set) var trouble: String?
    private(set) var counters = MQTTCounters()
    private(set) var isGivenBack = false
    /// Whether the thread has been woken and hasn't looked yet.
    var isSignalled = false

    private let withholds: Bool
    /// Counts connections: a call about a batch of an earlier one has no effect.
    private var connection = 0
    /// Batches that were handed over and not settled: not acknowledged, or with automatic acknowledgement not read.
    private var unsettled = 0
    private var unacknowledged = 0
    private var queue: [Publication] = []
    /// How many messages of the queue's first publication have been taken.
    private var taken = 0
    private var queued = 0

    init(withholds: Bool) {
        self.withholds = withholds
    }

    // MARK: - Batches

    var mayRead: Bool { unsettled < (withholds ? 1 : 8) }
    var mayWrite: Bool { !withholds || unsettled == 0 }

    mutating func handOver(_ count: Int) -> Int {
        unsettled += 1
        counters.received += count
        if withholds { unacknowledged = count } else { counters.acknowledged += count }
        return connection
    }

    mutating func settle(_ settlement: MQTTBatch.Settlement, _ connection: Int) {
        guard withholds, connection == self.connection, unsettled > 0 else { return }
        switch settlement {
        case .acknowledged where !isGivenBack:
            unsettled = 0
            counters.acknowledged += unacknowledged
            unacknowledged = 0
        case .acknowledged: break
        case .givenBack: isGivenBack = true
        }
    }

    /// With automatic acknowledgement, a batch was read.
    ///
    /// - Returns: Whether the thread waited for that.
    mutating func read() -> Bool {
        guard !withholds else { return false }
        defer { unsettled -= 1 }
        return !mayRead
    }

    // MARK: - The connection

    /// - Returns: Whether that is news.
    mutating func connected() -> Bool {
        guard !isConnected else { return false }
        isConnected = true
        trouble = nil
        counters.connections += 1
        return true
    }

    /// - Returns: Whether it had been connected.
    mutating func disconnected(_ reason: String) -> Bool {
        defer { isConnected = false }
        trouble = reason
        connection += 1
        isGivenBack = false
        if withholds { unsettled = 0 }
        counters.unacknowledged += unacknowledged
        unacknowledged = 0
        return isConnected
    }

    mutating func stop() {
        isStopping = true
    }

    // MARK: - Publishing

    mutating func enqueue(_ publication: Publication, limit: Int) throws(MQTTError) {
        if withholds { throw .withholding }
        if isStopping { throw .closed }
        // A caller that waits is its own bound.
        if !publication.isWaitedFor {
            guard isConnected else { throw .notConnected }
            guard queued < limit else { throw .queueFull }
        }
        queue.append(publication)
        queued += publication.messages.count
    }

    /// The next messages to publish, in the order in which they were queued.
    mutating func dequeue(_ room: Int) -> [(publication: Publication, index: Int)] {
        var next: [(publication: Publication, index: Int)] = []
        var finished = 0
        for publication in queue {
            guard next.count < room else { break }
            let end = min(publication.messages.count, taken + room - next.count)
            for index in taken..<end { next.append((publication, index)) }
            taken = end
            guard taken == publication.messages.count else { break }
            taken = 0
            finished += 1
        }
        queue.removeFirst(finished)
        queued -= next.count
        return next
    }

    /// Gives up on what has waited too long.
    mutating func expire(_ now: ContinuousClock.Instant) {
        while let first = queue.first, first.deadline <= now {
            first.fail(.timedOut)
            queue.removeFirst()
            queued -= first.messages.count - taken
            taken = 0
        }
    }

    mutating func failQueue(_ error: MQTTError) {
        for publication in queue { publication.fail(error) }
        queue = []
        (taken, queued) = (0, 0)
    }

    mutating func answered(taken: Int, refused: Int) {
        counters.published += taken
        counters.refused += refused
    }
}
