import OrderedCollections

/// A consumer group as a pure state machine: requests and the clock go in, answers come out as effects.
///
/// The rules are those of Kafka's classic group protocol. Times are milliseconds of a monotonic clock.
struct Group: Sendable {
    let id: String
    private(set) var state = State.empty
    private(set) var generation: Int32 = 0
    private(set) var protocolType: String?
    private(set) var protocolName: String?
    private(set) var leader: String?
    private(set) var members: OrderedDictionary<String, Member> = [:]
    /// Ids that were given out and have not joined yet, with the time until which they may.
    private var pending: [String: Int64] = [:]
    /// Static members: instance id to member id.
    private(set) var instances: [String: String] = [:]
    private let initialDelay: Int64
    /// While the first members gather: by how much the wait may still be extended. It is for as long as new ones come.
    private var initialDelayLeft: Int64?
    private var isGrowing = false
    /// Who has not asked for its assignment by then is dropped.
    private var syncDeadline: Int64 = 0

    init(id: String, initialDelay: Int64) {
        self.id = id
        self.initialDelay = initialDelay
    }

    /// As Kafka's tools call it.
    var stateName: String {
        switch state {
        case .empty: "Empty"
        case .preparingRebalance: "PreparingRebalance"
        case .completingRebalance: "CompletingRebalance"
        case .stable: "Stable"
        }
    }

    /// Members and those who were given an id to join with.
    var size: Int { members.count + pending.count }

    var isUnused: Bool { size == 0 }

    private var isPreparing: Bool {
        if case .preparingRebalance = state { true } else { false }
    }

    // MARK: - Join

    /// - Parameter newID: the id that a new member gets.
    /// - Returns: effects; when none of them answers this member, it waits.
    mutating func join(_ join: Join, newID: String, now: Int64) -> [Effect] {
        func refuse(_ error: ErrorCode, memberID: String? = nil) -> [Effect] {
            // The request waits under the id that it would have got.
            let waiting = join.memberID.isEmpty ? newID : join.memberID
            return [.joined(member: waiting, Joined(error: error, memberID: memberID ?? join.memberID))]
        }
        guard accepts(join) else { return refuse(.inconsistentGroupProtocol) }

        if let instance = join.instanceID, let holder = instances[instance] {
            if join.memberID.isEmpty { return replace(holder, with: newID, join, now: now) }
            guard holder == join.memberID else { return refuse(.fencedInstanceID) }
        } else if join.instanceID != nil, !join.memberID.isEmpty {
            return refuse(.unknownMemberID)
        }
        if join.memberID.isEmpty {
            if join.requiresMemberID && join.instanceID == nil {
                pending[newID] = now + join.sessionTimeout
                return refuse(.memberIDRequired, memberID: newID)
            }
            return admit(newID, join, now: now)
        }
        if pending.removeValue(forKey: join.memberID) != nil { return admit(join.memberID, join, now: now) }
        guard let member = members[join.memberID] else { return refuse(.unknownMemberID) }
        return rejoin(member, join, now: now)
    }

    private func accepts(_ join: Join) -> Bool {
        guard !join.protocolType.isEmpty, !join.protocols.isEmpty else { return false }
        guard !members.isEmpty else { return true }
        guard join.protocolType == protocolType else { return false }
        let others = members.values.filter { $0.id != join.memberID }
        return join.protocols.contains { offered in
            others.allSatisfy { $0.supports(offered.name) }
        }
    }

    private mutating func admit(_ id: String, _ join: Join, now: Int64) -> [Effect] {
        let wasEmpty = members.isEmpty
        protocolType = join.protocolType
        members[id] = Member(id, join, now: now)
        members[id]?.isJoining = true
        if let instance = join.instanceID { instances[instance] = id }
        if wasEmpty && initialDelay > 0 {
            // Consumers of a fleet that starts together get one rebalance, not one each.
            state = .preparingRebalance(deadline: now + initialDelay)
            initialDelayLeft = max(0, join.rebalanceTimeout - initialDelay)
            isGrowing = false
            return []
        }
        isGrowing = true
        return prepareRebalance(now: now)
    }

    private mutating func rejoin(_ member: Member, _ join: Join, now: Int64) -> [Effect] {
        let changed = !member.offers(join.protocols)
        update(member.id, join, now: now)
        switch state {
        case .preparingRebalance:
            members[member.id]?.isJoining = true
            return completeJoinIfReady(now: now)
        case .completingRebalance where !changed:
            return [.joined(member: member.id, joinedAnswer(member.id))]
        case .stable where !changed && member.id != leader:
            return [.joined(member: member.id, joinedAnswer(member.id))]
        case .empty, .completingRebalance, .stable:
            members[member.id]?.isJoining = true
            return prepareRebalance(now: now)
        }
    }

    /// A static member came back under a new id: it takes the old one's place, without a rebalance where nothing changed.
    private mutating func replace(_ old: String, with new: String, _ join: Join, now: Int64) -> [Effect] {
        guard let former = members.removeValue(forKey: old), let instance = join.instanceID else { return [] }
        var effects: [Effect] = []
        if former.isJoining {
            effects.append(.joined(member: old, Joined(error: .fencedInstanceID, memberID: old)))
        }
        if former.isSyncing { effects.append(.synced(member: old, Synced(error: .fencedInstanceID))) }
        instances[instance] = new
        members[new] = Member(new, join, now: now)
        members[new]?.assignment = former.assignment
        if leader == old { leader = new }
        if state == .stable, former.offers(join.protocols) {
            // The old leader is named, so that this member does not take itself for the one who must assign.
            var answer = joinedAnswer(new)
            if leader == new { answer.leader = old }
            answer.members = []
            return effects + [.joined(member: new, answer)]
        }
        members[new]?.isJoining = true
        return effects + prepareRebalance(now: now)
    }

    private mutating func update(_ id: String, _ join: Join, now: Int64) {
        members[id]?.protocols = join.protocols
        members[id]?.sessionTimeout = join.sessionTimeout
        members[id]?.rebalanceTimeout = join.rebalanceTimeout
        members[id]?.expires = now + join.sessionTimeout
    }

    // MARK: - Rebalance

    private mutating func prepareRebalance(now: Int64) -> [Effect] {
        var effects: [Effect] = []
        if !isPreparing {
            for id in members.keys where members[id]?.isSyncing == true {
                members[id]?.isSyncing = false
                effects.append(.synced(member: id, Synced(error: .rebalanceInProgress)))
            }
            state = .preparingRebalance(deadline: now + longestRebalance)
        }
        return effects + completeJoinIfReady(now: now)
    }

    private mutating func completeJoinIfReady(now: Int64) -> [Effect] {
        guard initialDelayLeft == nil, pending.isEmpty, members.values.allSatisfy(\.isJoining) else { return [] }
        return completeJoin(now: now)
    }

    private mutating func completeJoin(now: Int64) -> [Effect] {
        initialDelayLeft = nil
        // A static member is away only when its session has expired: until then its place is kept.
        for member in members.values where !member.isJoining && member.instanceID == nil { remove(member.id) }
        guard let first = members.values.first(where: \.isJoining) else {
            guard members.isEmpty else {
                // Nobody came who could lead. The absent ones' sessions will end.
                state = .preparingRebalance(deadline: now + longestRebalance)
                return []
            }
            generation += 1
            becomeEmpty()
            return []
        }
        generation += 1
        if leader.flatMap({ members[$0] })?.isJoining != true { leader = first.id }
        protocolName = electedProtocol
        syncDeadline = now + longestRebalance
        state = .completingRebalance
        var effects: [Effect] = []
        for id in members.keys {
            members[id]?.isJoining = false
            members[id]?.owesSync = true
            members[id]?.assignment = []
            touch(id, now: now)
            effects.append(.joined(member: id, joinedAnswer(id)))
        }
        return effects
    }

    private var longestRebalance: Int64 { members.values.map(\.rebalanceTimeout).max() ?? 0 }

    /// Every member votes for the one that it likes best of those that all support; the first of the most voted for wins.
    private var electedProtocol: String? {
        let common = members.values.first?.protocols.map(\.name).filter { name in
            members.values.allSatisfy { $0.supports(name) }
        }
        let votes = members.values.compactMap { member in
            member.protocols.first { common?.contains($0.name) == true }?.name
        }
        let most = common?.map { name in votes.count { $0 == name } }.max()
        return common?.first { name in votes.count { $0 == name } == most }
    }

    private func joinedAnswer(_ id: String) -> Joined {
        var answer = Joined(generation: generation, protocolName: protocolName, leader: leader ?? "", memberID: id)
        guard id == leader else { return answer }
        answer.members = members.values.map { member in
            let metadata = member.protocols.first { $0.name == protocolName }?.metadata ?? []
            return (member.id, member.instanceID, metadata)
        }
        return answer
    }

    // MARK: - Sync, heartbeat, leave

    mutating func sync(
        member id: String,
        instanceID: String?,
        generation: Int32,
        assignments: [String: [UInt8]],
        now: Int64
    ) -> [Effect] {
        if let error = validate(member: id, instanceID: instanceID, generation: generation) {
            return [.synced(member: id, Synced(error: error))]
        }
        touch(id, now: now)
        members[id]?.owesSync = false
        switch state {
        case .empty:
            return [.synced(member: id, Synced(error: .unknownMemberID))]
        case .preparingRebalance:
            return [.synced(member: id, Synced(error: .rebalanceInProgress))]
        case .stable:
            return [.synced(member: id, Synced(assignment: members[id]?.assignment ?? []))]
        case .completingRebalance:
            members[id]?.isSyncing = true
            guard id == leader else { return [] }
            state = .stable
            var effects: [Effect] = []
            for id in members.keys {
                members[id]?.assignment = assignments[id] ?? []
                guard members[id]?.isSyncing == true else { continue }
                members[id]?.isSyncing = false
                touch(id, now: now)
                effects.append(.synced(member: id, Synced(assignment: assignments[id] ?? [])))
            }
            return effects
        }
    }

    mutating func heartbeat(member id: String, instanceID: String?, generation: Int32, now: Int64) -> ErrorCode {
        if let error = validate(member: id, instanceID: instanceID, generation: generation) { return error }
        touch(id, now: now)
        return isPreparing ? .rebalanceInProgress : .none
    }

    /// Whether a member may commit offsets. Outside of any generation only into a group without members.
    /// Within a transaction only the member's identity counts, not what the group is at.
    func validateCommit(
        member id: String,
        instanceID: String?,
        generation: Int32,
        isTransactional: Bool = false
    ) -> ErrorCode? {
        if generation < 0 && state == .empty { return nil }
        if generation < 0 && id.isEmpty && instanceID == nil { return isTransactional ? nil : .unknownMemberID }
        if let error = validate(member: id, instanceID: instanceID, generation: generation) { return error }
        return state == .completingRebalance && !isTransactional ? .rebalanceInProgress : nil
    }

    /// A sign of life.
    private mutating func touch(_ id: String, now: Int64) {
        guard let timeout = members[id]?.sessionTimeout else { return }
        members[id]?.expires = now + timeout
    }

    private func validate(member id: String, instanceID: String?, generation: Int32) -> ErrorCode? {
        if let error = validate(member: id, instanceID: instanceID) { return error }
        return generation == self.generation ? nil : .illegalGeneration
    }

    /// A static member whose name another process has taken is fenced.
    private func validate(member id: String, instanceID: String?) -> ErrorCode? {
        if let instanceID {
            guard let holder = instances[instanceID] else { return .unknownMemberID }
            guard holder == id else { return .fencedInstanceID }
        }
        return members[id] == nil ? .unknownMemberID : nil
    }

    mutating func leave(member id: String, instanceID: String?, now: Int64) -> (error: ErrorCode, effects: [Effect]) {
        // An administrator removes a static member by its name alone.
        let id = instanceID.flatMap { id.isEmpty ? instances[$0] : id } ?? id
        if pending.removeValue(forKey: id) != nil { return (.none, isPreparing ? completeJoinIfReady(now: now) : []) }
        if let error = validate(member: id, instanceID: instanceID) { return (error, []) }
        return (.none, drop(id, now: now))
    }

    // MARK: - Time

    /// Lets time-outs happen: members that went silent, ids that nobody joined with, a rebalance that took too long.
    mutating func tick(now: Int64) -> [Effect] {
        var effects: [Effect] = []
        for (id, deadline) in pending where deadline <= now { pending[id] = nil }
        // A member that waits for an answer of ours is alive, however long that takes.
        for member in members.values where member.expires <= now && !member.isJoining && !member.isSyncing {
            effects += drop(member.id, now: now)
        }
        switch state {
        case .preparingRebalance(let deadline) where deadline <= now:
            if let left = initialDelayLeft, left > 0, isGrowing {
                isGrowing = false
                initialDelayLeft = max(0, left - initialDelay)
                state = .preparingRebalance(deadline: now + min(initialDelay, left))
            } else {
                effects += completeJoin(now: now)
            }
        case .preparingRebalance:
            effects += completeJoinIfReady(now: now)
        case .completingRebalance where syncDeadline <= now, .stable where syncDeadline <= now:
            for member in members.values where member.owesSync { effects += drop(member.id, now: now) }
        case .empty, .completingRebalance, .stable:
            break
        }
        return effects
    }

    private mutating func drop(_ id: String, now: Int64) -> [Effect] {
        let effects: [Effect] =
            members[id].map { member in
                (member.isJoining ? [.joined(member: id, Joined(error: .unknownMemberID, memberID: id))] : [])
                    + (member.isSyncing ? [.synced(member: id, Synced(error: .unknownMemberID))] : [])
            } ?? []
        remove(id)
        if members.isEmpty {
            generation += 1
            becomeEmpty()
            return effects
        }
        return effects + prepareRebalance(now: now)
    }

    private mutating func remove(_ id: String) {
        guard let member = members.removeValue(forKey: id) else { return }
        if let instance = member.instanceID, instances[instance] == id { instances[instance] = nil }
        if leader == id { leader = nil }
    }

    private mutating func becomeEmpty() {
        state = .empty
        initialDelayLeft = nil
        leader = nil
        protocolName = nil
    }
}
