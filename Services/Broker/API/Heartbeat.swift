extension Node {
    func heartbeat(_ request: Request, _ response: inout WireWriter) throws {
        let version = request.version
        let (group, generation, member, instanceID) = try request.read { body in
            (
                try body.string(), try body.read(Int32.self), try body.string(),
                version >= 3 ? try body.nullableString() : nil
            )
        }
        let error: ErrorCode =
            allows(request, .read, .group(group))
            ? coordinator.update(group) {
                $0.heartbeat(member: member, instanceID: instanceID, generation: generation, now: uptime)
            } : .groupAuthorizationFailed
        if version >= 1 { response.write(Int32(0)) }  // throttle
        response.write(error)
        response.tags()
    }
}
