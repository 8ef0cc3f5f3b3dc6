extension Node {
    func listGroups(_ request: Request, _ response: inout WireWriter) throws {
        let version = request.version
        let states = try request.read { body in version >= 4 ? try body.array { try $0.string().lowercased() } : [] }
        let seesAll = allows(request, .describe, .cluster)
        let visible = Set(coordinator.groups.keys).union(coordinator.offsets.groups.keys).filter {
            seesAll || allows(request, .describe, .group($0))
        }
        let groups = visible.sorted().map { id in
            let group = coordinator.groups[id]
            return (id: id, type: group?.protocolType ?? "", state: group?.stateName ?? "Empty")
        }
        if version >= 1 { response.write(Int32(0)) }  // throttle
        response.write(ErrorCode.none)
        response.array(groups.filter { states.isEmpty || states.contains($0.state.lowercased()) }) { response, group in
            response.write(group.id)
            response.write(group.type)
            if version >= 4 { response.write(group.state) }
            response.tags()
        }
        response.tags()
    }
}
