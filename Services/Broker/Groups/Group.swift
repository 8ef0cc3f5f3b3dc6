/// A consumer group: who is in it, and how its members agree on who reads what.
///
/// A pure state machine: time comes in, answers come out. (Kafka: "A Guide To The Kafka Protocol", group membership; and
/// KIP-345, KIP-394 for static members and the two-step join.)
struct Group {
    enum State: String {
        case empty = "Empty"
        case preparing = "PreparingRebalance"
        case completing = "CompletingRebalance"
        case stable = "Stable"
    }

    struct Member {
        var id: String
        var instanceID: String?
        var clientID: String
        var protocols: [(name: String, metadata: [UInt8])]
        var sessionTimeout: Int64
        var rebalanceTimeout: Int64
        /// Milliseconds since 1970 after which the member counts as gone.
        var deadline: Int64
        var assignment: [UInt8] = []
        /// Whether its join request waits for an answer; so long it can't be gone.
        var isJoining = false
        var isSyncing = false
    }

    struct JoinAnswer {
        var member: String
        var generation: Int32
        var protocolName: String
        var leader: String
        /// Only the leader gets them.
        var members: [(id: String, instanceID: String?, metadata: [UInt8])]
    }

    /// What is to be told to whom.
    enum Output {
        case joined(JoinAnswer)
        case synced(member: String, assignment: [UInt8])
        case refused(member: String, ErrorCode)
    }

    let id: String
    private(set) var state = State.empty
    private(set) var generation: Int32 = 0
    private(set) var protocolType = ""
    private(set) var protocolName = ""
    private(set) var leader: String?
    private(set) var members: [String: Member] = [:]
    /// When a rebalance under way is ended without those who are missing.
    private var rebalanceEnds: Int64?
    private var joinOrder: [String] = []

    init(id: String) {
        self.id = id
    }

    // MARK: - Requests

    mutating func join(_ member: Member, type: String, initialDelay: Int64, now: Int64) -> [Output] {
        guard !member.protocols.isEmpty, members.isEmpty || type == protocolType || state == .empty else {
            return [.refused(member: member.id, .inconsistentGroupProtocol)]
        }
        let common = commonProtocols(adding: member)
        guard !common.isEmpty else { return [.refused(member: member.id, .inconsistentGroupProtocol)] }
        var outputs: [Output] = []
        var member = member
        if let instance = member.instanceID, let old = members.values.first(where: { $0.instanceID == instance }),
            old.id != member.id
        {
            // A static member that comes back takes its old place; whoever still uses the old one is fenced off.
            members[old.id] = nil
            joinOrder.removeAll { $0 == old.id }
            if old.isJoining || old.isSyncing { outputs.append(.refused(member: old.id, .fencedInstanceID)) }
        }
        protocolType = type
        member.isJoining = true
        member.deadline = now + member.rebalanceTimeout
        let isNew = members[member.id] == nil
        members[member.id] = member
        if !joinOrder.contains(member.id) { joinOrder.append(member.id) }
        if state != .preparing {
            outputs += beginRebalance(now: now, delay: isNew && members.count == 1 ? initialDelay : nil)
        }
        return outputs + finishRebalance(now: now)
    }

    mutating func sync(
        _ memberID: String,
        generation: Int32,
        assignments: [(member: String, bytes: [UInt8])],
        now: Int64
    ) -> [Output] {
        guard var member = members[memberID] else { return [.refused(member: memberID, .unknownMemberID)] }
        guard generation == self.generation else { return [.refused(member: memberID, .illegalGeneration)] }
        switch state {
        case .empty: return [.refused(member: memberID, .unknownMemberID)]
        case .preparing: return [.refused(member: memberID, .rebalanceInProgress)]
        case .stable: return [.synced(member: memberID, assignment: member.assignment)]
        case .completing:
            member.isSyncing = true
            members[memberID] = member
            guard memberID == leader else { return [] }
            for (id, bytes) in assignments { members[id]?.assignment = bytes }
            state = .stable
            rebalanceEnds = nil
            return members.values.filter(\.isSyncing).map { waiting in
                members[waiting.id]?.isSyncing = false
                members[waiting.id]?.deadline = now + waiting.sessionTimeout
                return .synced(member: waiting.id, assignment: waiting.assignment)
            }
        }
    }

    mutating func heartbeat(_ memberID: String, generation: Int32, now: Int64) -> ErrorCode {
        guard let member = members[memberID] else { return .unknownMemberID }
        guard generation == self.generation else { return .illegalGeneration }
        members[memberID]?.deadline = now + member.sessionTimeout
        return state == .preparing ? .rebalanceInProgress : .none
    }

    mutating func leave(_ memberID: String, now: Int64) -> (ErrorCode, [Output]) {
        guard members[memberID] != nil else { return (.unknownMemberID, []) }
        return (.none, remove([memberID], now: now))
    }

    /// Whether a commit of offsets may come from that member.
    func mayCommit(_ memberID: String, generation: Int32) -> ErrorCode {
        if generation < 0, memberID.isEmpty { return members.isEmpty ? .none : .unknownMemberID }
        guard members[memberID] != nil else { return .unknownMemberID }
        return generation == self.generation ? .none : .illegalGeneration
    }

    /// Lets time pass: members without a sign of life go, and a rebalance does not wait for ever.
    mutating func tick(now: Int64) -> [Output] {
        let gone = members.values.filter { !$0.isJoining && !$0.isSyncing && $0.deadline < now }.map(\.id)
        var outputs = gone.isEmpty ? [] : remove(gone, now: now)
        if let ends = rebalanceEnds, ends <= now {
            switch state {
            case .preparing:
                let missing = members.values.filter { !$0.isJoining }.map(\.id)
                outputs += remove(missing, now: now)
                outputs += finishRebalance(now: now)
            case .completing:
                // The leader never said who reads what.
                outputs += beginRebalance(now: now, delay: nil)
            case .empty, .stable: break
            }
        }
        return outputs
    }

    // MARK: - The rebalance

    private mutating func beginRebalance(now: Int64, delay: Int64?) -> [Output] {
        let waiting = members.values.filter(\.isSyncing).map(\.id)
        for id in waiting { members[id]?.isSyncing = false }
        state = .preparing
        rebalanceEnds = now + (delay ?? members.values.map(\.rebalanceTimeout).max() ?? 60_000)
        isDelayed = delay.map { $0 > 0 } ?? false
        return waiting.map { .refused(member: $0, .rebalanceInProgress) }
    }

    /// Whether the first members' rebalance waits for more of them to come.
    private var isDelayed = false

    /// Ends the rebalance when everybody has joined again.
    private mutating func finishRebalance(now: Int64) -> [Output] {
        guard state == .preparing, !members.isEmpty, members.values.allSatisfy(\.isJoining) else { return [] }
        if isDelayed, let ends = rebalanceEnds, ends > now { return [] }
        generation += 1
        state = .completing
        protocolName = chosenProtocol()
        let order = joinOrder.filter { members[$0] != nil }
        let leader = self.leader.flatMap { members[$0] == nil ? nil : $0 } ?? order.first ?? ""
        self.leader = leader
        rebalanceEnds = now + (members.values.map(\.rebalanceTimeout).max() ?? 60_000)
        return order.compactMap { id in
            guard let member = members[id] else { return nil }
            members[id]?.isJoining = false
            members[id]?.deadline = now + member.sessionTimeout
            let all = order.compactMap { members[$0] }.map { other in
                (other.id, other.instanceID, other.protocols.first { $0.name == protocolName }?.metadata ?? [])
            }
            return .joined(
                JoinAnswer(
                    member: id,
                    generation: generation,
                    protocolName: protocolName,
                    leader: leader,
                    members: id == leader ? all : []
                )
            )
        }
    }

    private mutating func remove(_ ids: [String], now: Int64) -> [Output] {
        for id in ids { members[id] = nil }
        joinOrder.removeAll { ids.contains($0) }
        guard !members.isEmpty else {
            state = .empty
            generation += 1
            leader = nil
            rebalanceEnds = nil
            return []
        }
        var outputs: [Output] = []
        if state == .stable || state == .completing { outputs = beginRebalance(now: now, delay: nil) }
        return outputs + finishRebalance(now: now)
    }

    private func commonProtocols(adding member: Member) -> Set<String> {
        members.values.filter { $0.id != member.id }.reduce(Set(member.protocols.map(\.name))) {
            $0.intersection($1.protocols.map(\.name))
        }
    }

    /// The protocol that all members support, by the votes of their preferences.
    private func chosenProtocol() -> String {
        let common =
            members.values.reduce(nil as Set<String>?) { common, member in
                let names = Set(member.protocols.map(\.name))
                return common?.intersection(names) ?? names
            } ?? []
        var votes: [String: Int] = [:]
        for member in members.values {
            if let choice = member.protocols.first(where: { common.contains($0.name) }) {
                votes[choice.name, default: 0] += 1
            }
        }
        return votes.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? ""
    }
}
