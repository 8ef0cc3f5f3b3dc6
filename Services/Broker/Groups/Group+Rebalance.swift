import OrderedCollections

/// A rebalance from its beginning to the members' answers, and the time-outs.
extension Group {
    mutating func prepareRebalance(now: Int64) -> [Effect] {
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

    mutating func completeJoinIfReady(now: Int64) -> [Effect] {
        guard initialDelayLeft == nil, pending.isEmpty, members.values.allSatisfy(\.isJoining) else { return [] }
        return completeJoin(now: now)
    }

    private mutating func completeJoin(now: Int64) -> [Effect] {
        initialDelayLeft = nil
        // A static member keeps its place until its session has expired.
        for member in members.values where !member.isJoining && member.instanceID == nil { remove(member.id) }
        guard let first = members.values.first(where: \.isJoining) else {
            // No member has joined that could lead. The sessions of the members that keep their places will expire.
            if members.isEmpty { becomeEmpty() } else { state = .preparingRebalance(deadline: now + longestRebalance) }
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

    /// Every member votes for its first choice among the protocols that all members support. The most votes win; if several
    /// protocols have them, the first one does.
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

    func joinedAnswer(_ id: String) -> Joined {
        var answer = Joined(generation: generation, protocolName: protocolName, leader: leader ?? "", memberID: id)
        guard id == leader else { return answer }
        answer.members = members.values.map { member in
            let metadata = member.protocols.first { $0.name == protocolName }?.metadata ?? []
            return (member.id, member.instanceID, metadata)
        }
        return answer
    }

    /// Handles time-outs: silent members, ids that nobody joined with, a rebalance that took too long.
    mutating func tick(now: Int64) -> [Effect] {
        var effects: [Effect] = []
        for (id, deadline) in pending where deadline <= now { pending[id] = nil }
        // A member that waits for our answer is alive, however long that takes.
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

    mutating func becomeEmpty() {
        generation += 1
        state = .empty
        initialDelayLeft = nil
        leader = nil
        protocolName = nil
    }
}
