extension Node {
    func leaveGroup(_ request: Request, _ response: inout WireWriter) throws {
        let version = request.version
        let (group, members) = try request.read { body in
            let group = try body.string()
            guard version >= 3 else { return (group, [(id: try body.string(), instanceID: nil as String?)]) }
            let members = try body.array { body in
                let member = (id: try body.string(), instanceID: try body.nullableString())
                try body.tags()
                return member
            }
            return (group, members)
        }
        let isAllowed = allows(request, .read, .group(group))
        let refusal = ErrorCode.groupAuthorizationFailed
        let results = (isAllowed ? members : []).map { member in
            let (error, effects) = coordinator.update(group) {
                $0.leave(member: member.id, instanceID: member.instanceID, now: uptime)
            }
            coordinator.perform(effects, group: group)
            return (member: member, error: error)
        }
        if version >= 1 { response.write(Int32(0)) }  // throttle
        response.write(!isAllowed ? refusal : version >= 3 ? .none : results.first?.error ?? ErrorCode.none)
        if version >= 3 {
            response.array(results) { response, result in
                response.write(result.member.id)
                response.write(result.member.instanceID)
                response.write(result.error)
                response.tags()
            }
        }
        response.tags()
    }
}
