import OrderedCollections

extension Node {
    func describeGroups(_ request: Request, _ response: inout WireWriter) throws {
        let version = request.version
        let ids = try request.read { body in try body.array { try $0.string() } }
        if version >= 1 { response.write(Int32(0)) }  // throttle
        response.array(ids) { response, id in
            let isAllowed = allows(request, .describe, .group(id))
            let group = isAllowed ? coordinator.groups[id] : nil
            let hasOffsets = isAllowed && coordinator.offsets.groups[id] != nil
            response.write(isAllowed ? ErrorCode.none : .groupAuthorizationFailed)
            response.write(id)
            response.write(group?.stateName ?? (hasOffsets ? "Empty" : isAllowed ? "Dead" : ""))
            response.write(group?.protocolType ?? "")
            response.write(group?.protocolName ?? "")
            response.array(group.map { Array($0.members.values) } ?? []) { response, member in
                response.write(member.id)
                if version >= 4 { response.write(member.instanceID) }
                response.write(member.clientID)
                response.write(member.clientHost)
                response.bytes(member.protocols.first { $0.name == group?.protocolName }?.metadata ?? [])
                response.bytes(member.assignment)
                response.tags()
            }
            if version >= 3 { response.write(Int32.min) }  // operations: not asked for
            response.tags()
        }
        response.tags()
    }
}
