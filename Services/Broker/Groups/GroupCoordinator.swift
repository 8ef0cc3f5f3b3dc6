/// The groups, their committed offsets, and the requests that wait for a rebalance.
struct GroupCoordinator {
    struct MemberKey: Hashable {
        let group: String
        let member: String
    }

    var groups: [String: Group] = [:]
    var offsets = OffsetStore()
    /// Since when a group has had no members, in wall-clock milliseconds.
    private var emptySince: [String: Int64] = [:]
    private var joining: [MemberKey: CheckedContinuation<Group.Joined, Never>] = [:]
    private var syncing: [MemberKey: CheckedContinuation<Group.Synced, Never>] = [:]
    private let initialDelay: Int64

    init(initialDelay: Int64) {
        self.initialDelay = initialDelay
    }

    /// Runs one step of the group's state machine. Creates the group if it is new and drops it if it is unused.
    mutating func update<T>(_ id: String, _ step: (inout Group) -> T) -> T {
        var group = groups.removeValue(forKey: id) ?? Group(id: id, initialDelay: initialDelay)
        let result = step(&group)
        // A group with offsets is kept because of its generation: a stale member's commit must still be recognised.
        if !group.isUnused || offsets.groups[id] != nil { groups[id] = group }
        return result
    }

    mutating func wait(_ continuation: CheckedContinuation<Group.Joined, Never>, as key: MemberKey) {
        // The same member asks again after its connection broke: nobody waits for the answer to the older request.
        let older = joining.updateValue(continuation, forKey: key)
        older?.resume(returning: Group.Joined(error: .rebalanceInProgress, memberID: key.member))
    }

    mutating func wait(_ continuation: CheckedContinuation<Group.Synced, Never>, as key: MemberKey) {
        let older = syncing.updateValue(continuation, forKey: key)
        older?.resume(returning: Group.Synced(error: .rebalanceInProgress))
    }

    /// Answers the requests that waited for these effects.
    mutating func perform(_ effects: [Group.Effect], group: String) {
        for effect in effects {
            switch effect {
            case .joined(let member, let answer):
                joining.removeValue(forKey: MemberKey(group: group, member: member))?.resume(returning: answer)
            case .synced(let member, let answer):
                syncing.removeValue(forKey: MemberKey(group: group, member: member))?.resume(returning: answer)
            }
        }
    }

    /// Tombstones for the offsets of groups that have been without members, and without a commit, for longer than
    /// `retention`. A group with members keeps its offsets, except those of topics that it no longer reads.
    ///
    /// Time before the broker's start does not count, because nothing is known about it.
    mutating func expiredOffsets(retention: Int64, now: Int64) -> [OffsetRecord] {
        var since: [String: Int64] = [:]
        for id in offsets.groups.keys where groups[id]?.isUnused != false { since[id] = emptySince[id] ?? now }
        emptySince = since
        return offsets.forgetting { id, partition, committed in
            let isIdle = max(committed.timestamp, since[id] ?? 0) + retention < now
            return !isIdle || groups[id].map { !$0.isUnused && $0.mayNeed(partition.topic) } == true
        }
    }

    mutating func tick(now: Int64) {
        for id in groups.keys { perform(update(id) { $0.tick(now: now) }, group: id) }
    }

    /// Answers every waiting request. The broker stops, and the members find their coordinator again when it is back.
    mutating func close() {
        for (key, continuation) in joining {
            continuation.resume(returning: Group.Joined(error: .coordinatorNotAvailable, memberID: key.member))
        }
        for continuation in syncing.values {
            continuation.resume(returning: Group.Synced(error: .coordinatorNotAvailable))
        }
        joining = [:]
        syncing = [:]
    }
}
