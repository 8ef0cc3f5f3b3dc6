import OrderedCollections

/// The requests of members that have joined: get the assignment, send a heartbeat, commit, leave.
extension Group {
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

    /// Whether a member may commit offsets. A commit without a generation is accepted only if the group has no members.
    /// Within a transaction only the member's identity counts, not the group's state.
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

    /// Notes that a member is alive.
    mutating func touch(_ id: String, now: Int64) {
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

    mutating func drop(_ id: String, now: Int64) -> [Effect] {
        let effects = members[id]?.refusals(.unknownMemberID) ?? []
        remove(id)
        guard !members.isEmpty else {
            becomeEmpty()
            return effects
        }
        return effects + prepareRebalance(now: now)
    }

    mutating func remove(_ id: String) {
        guard let member = members.removeValue(forKey: id) else { return }
        if let instance = member.instanceID, instances[instance] == id { instances[instance] = nil }
        if leader == id { leader = nil }
    }
}
