import Logging

extension Node {
    func deleteTopics(_ request: Request, _ response: inout WireWriter) async throws {
        let version = request.version
        let names = try request.read { body in try body.array { try $0.string() } }
        response.write(Int32(0))  // throttle
        response.beginArray(names.count)
        for name in names {
            let error = allows(request, .delete, .topic(name)) ? await delete(name) : .topicAuthorizationFailed
            response.write(name)
            response.write(error)
            if version >= 5 { response.write(nil as String?) }
            response.tags()
        }
        response.tags()
    }

    private func delete(_ name: String) async -> ErrorCode {
        do {
            try await deleteTopic(name)
            return .none
        } catch let error as ErrorCode {
            return error
        } catch {
            logger.error("topic not deleted", metadata: ["topic": "\(name)", "error": "\(error)"])
            return .storageError
        }
    }
}
