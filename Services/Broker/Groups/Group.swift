import OrderedCollections

/// A consumer group as a pure state machine: requests and the clock go in, answers come out as effects.
///
/// The rules are those of Kafka's classic group protocol. Times are milliseconds of a monotonic clock. Only its own files change
/// its state: joining (here), rebalancing, and what members do after that.
struct Group: Sendable {
    let id: String
    var state = State.empty
    var generation: Int32 = 0
    var protocolType: String?
    var protocolName: String?
    var leader: String?
    var members: OrderedDictionary<String, Member> = [:]
    /// Ids that were given out but have not joined yet, each with its deadline.
    var pending: [String: Int64] = [:]
    /// Static members: instance id to member id.
    var instances: [String: String] = [:]
    let initialDelay: Int64
    /// While the first members gather: how much longer the wait can become. It is extended as long as new members come.
    var initialDelayLeft: Int64?
    var isGrowing = false
    /// A member that has not asked for its assignment by then is dropped.
    var syncDeadline: Int64 = 0

    init(id: String, initialDelay: Int64) {
        self.id = id
        self.initialDelay = initialDelay
    }

    /// The state's name in Kafka's tools.
    var stateName: String {
        switch state {
        case .empty: "Empty"
        case .preparingRebalance: "PreparingRebalance"
        case .completingRebalance: "CompletingRebalance"
        case .stable: "Stable"
        }
    }

    /// Counts members and the clients that were given an id to join with.
    var size: Int { members.count + pending.count }

    var isUnused: Bool { size == 0 }

    var isPreparing: Bool {
        if case .preparingRebalance = state { true } else { false }
    }

    // MARK: - Join

    /// - Parameter newID: the id that a new member gets.
    /// - Returns: effects; when none of them answers this member, it waits.
    mutating func join(_ join: Join, newID: String, now: Int64) -> [Effect] {
        func refuse(_ error: ErrorCode, memberID: String? = nil) -> [Effect] {
            // A request without an id waits under the id that it would have got.
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
            // Consumers that start together get one rebalance, not one each.
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

    /// A static member came back under a new id: it takes the old one's place, without a rebalance if nothing changed.
    private mutating func replace(_ old: String, with new: String, _ join: Join, now: Int64) -> [Effect] {
        guard let former = members.removeValue(forKey: old), let instance = join.instanceID else { return [] }
        let effects = former.refusals(.fencedInstanceID)
        instances[instance] = new
        members[new] = Member(new, join, now: now)
        members[new]?.assignment = former.assignment
        if leader == old { leader = new }
        if state == .stable, former.offers(join.protocols) {
            // The answer names the old leader, so that this member does not try to assign partitions.
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
}
