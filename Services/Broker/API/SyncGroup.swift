extension Node {
    func syncGroup(_ request: Request, _ response: inout WireWriter) async throws {
        let version = request.version
        let (group, generation, member, instanceID, assignments) = try request.read { body in
            let group = try body.string()
            let generation = try body.read(Int32.self)
            let member = try body.string()
            let instanceID = version >= 3 ? try body.nullableString() : nil
            // The protocol's type and name, which the member repeats.
            if version >= 5 { _ = (try body.nullableString(), try body.nullableString()) }
            let assignments = try body.array { body in
                let entry = (try body.string(), try body.bytes())
                try body.tags()
                return entry
            }
            return (group, generation, member, instanceID, assignments)
        }
        let isAllowed = allows(request, .read, .group(group))
        let answer =
            isAllowed
            ? await sync(
                group: group,
                member: member,
                instanceID: instanceID,
                generation: generation,
                assignments: Dictionary(assignments) { $1 }
            ) : Group.Synced(error: .groupAuthorizationFailed)
        if version >= 1 { response.write(Int32(0)) }  // throttle
        response.write(answer.error)
        if version >= 5 {
            response.write(isAllowed ? coordinator.groups[group]?.protocolType : nil)
            response.write(isAllowed ? coordinator.groups[group]?.protocolName : nil)
        }
        response.bytes(answer.assignment)
        response.tags()
    }
}
