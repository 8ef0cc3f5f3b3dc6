extension Node {
    /// The minimum is below Kafka's six seconds: on one machine a crash can be noticed sooner.
    private static let sessionTimeouts: ClosedRange<Int32> = 100...1_800_000

    /// Clients have one or two. The limit is needed because all pairs of members are compared.
    private static let maxProtocols = 32

    func joinGroup(_ request: Request, _ response: inout WireWriter) async throws {
        let version = request.version
        let (group, sessionTimeout, join) = try request.read { body in
            let group = try body.string()
            let sessionTimeout = try body.read(Int32.self)
            let rebalanceTimeout = version >= 1 ? try body.read(Int32.self) : sessionTimeout
            let memberID = try body.string()
            let instanceID = version >= 5 ? try body.nullableString() : nil
            let protocolType = try body.string()
            let protocols = try body.array { body in
                let entry = (name: try body.string(), metadata: try body.bytes())
                try body.tags()
                return entry
            }
            let join = Group.Join(
                memberID: memberID,
                instanceID: instanceID,
                clientID: request.clientID,
                clientHost: request.session.peer,
                sessionTimeout: Int64(sessionTimeout),
                rebalanceTimeout: Int64(rebalanceTimeout),
                protocolType: protocolType,
                protocols: protocols,
                requiresMemberID: version >= 4
            )
            return (group, sessionTimeout, join)
        }

        let answer: Group.Joined
        if !allows(request, .read, .group(group)) {
            answer = Group.Joined(error: .groupAuthorizationFailed, memberID: join.memberID)
        } else if group.isEmpty {
            answer = Group.Joined(error: .invalidGroupID, memberID: join.memberID)
        } else if join.protocols.count > Self.maxProtocols {
            answer = Group.Joined(error: .inconsistentGroupProtocol, memberID: join.memberID)
        } else if join.memberID.isEmpty, !hasRoom(inGroup: group) {
            answer = Group.Joined(error: .groupMaxSizeReached, memberID: "")
        } else if !Self.sessionTimeouts.contains(sessionTimeout) {
            answer = Group.Joined(error: .invalidSessionTimeout, memberID: join.memberID)
        } else {
            answer = await self.join(join, group: group)
        }

        if version >= 2 { response.write(Int32(0)) }  // throttle
        response.write(answer.error)
        response.write(answer.generation)
        if version >= 7 { response.write(answer.protocolName == nil ? nil : join.protocolType) }
        response.write(version >= 7 ? answer.protocolName : answer.protocolName ?? "")
        response.write(answer.leader)
        response.write(answer.memberID)
        response.array(answer.members) { response, member in
            response.write(member.id)
            if version >= 5 { response.write(member.instanceID) }
            response.bytes(member.metadata)
            response.tags()
        }
        response.tags()
    }
}
