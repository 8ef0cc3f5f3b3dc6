extension Node {
    func deleteGroups(_ request: Request, _ response: inout WireWriter) throws {
        let ids = try request.read { body in try body.array { try $0.string() } }
        response.write(Int32(0))  // throttle
        response.array(ids) { response, id in
            response.write(id)
            let error = attempt("group not deleted") {
                guard allows(request, .delete, .group(id)) else { throw ErrorCode.groupAuthorizationFailed }
                try deleteGroup(id)
            }
            response.write(error)
            response.tags()
        }
        response.tags()
    }

    private func deleteGroup(_ id: String) throws {
        let group = coordinator.groups[id]
        let offsets = coordinator.offsets.groups[id] ?? [:]
        guard group != nil || !offsets.isEmpty else { throw ErrorCode.groupIDNotFound }
        guard group?.isUnused != false else { throw ErrorCode.nonEmptyGroup }
        try commit(offsets.keys.map { OffsetRecord(group: id, partition: $0, committed: nil) })
        coordinator.groups[id] = nil
    }
}
