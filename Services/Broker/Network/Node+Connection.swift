import Logging
import NIOCore

extension Node {
    /// Serves one connection to its end: requests one after the other, answered in their order, as Kafka does.
    func serve(_ channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>) async {
        let host = channel.channel.remoteAddress?.ipAddress ?? ""
        counters.connections += 1
        // What the client may not have read yet: when a write returns, the answer before it has gone out.
        var unread = 0
        defer {
            counters.connections -= 1
            unreadAnswers -= unread
        }
        do {
            try await channel.executeThenClose { inbound, outbound in
                for try await frame in inbound {
                    guard let answer = try await answer(frame, from: host) else { continue }
                    let before = unread
                    unread += answer.readableBytes
                    unreadAnswers += answer.readableBytes
                    try await outbound.write(answer)
                    unread -= before
                    unreadAnswers -= before
                }
            }
        } catch let error as WireReader.Malformed {
            logger.warning(
                "malformed request; connection closed",
                metadata: ["peer": "\(host)", "in": "\(error.what)"]
            )
        } catch let error as UnknownRequest {
            logger.warning(
                "unsupported request; connection closed",
                metadata: ["peer": "\(host)", "api": "\(error.key)", "version": "\(error.version)"]
            )
        } catch {
            logger.debug("connection ended", metadata: ["peer": "\(host)", "reason": "\(error)"])
        }
    }

    private struct UnknownRequest: Error {
        let key: Int16
        let version: Int16
    }

    private func answer(_ frame: ByteBuffer, from host: String) async throws -> ByteBuffer? {
        var rest = frame
        let header = try Request.Header(&rest)
        var buffer = ByteBuffer()
        buffer.writeInteger(Int32(0))  // the length, known at the end
        buffer.writeInteger(header.correlationID)

        guard let api = API.byKey[header.key], api.versions.contains(header.version) else {
            guard header.key == 18 else { throw UnknownRequest(key: header.key, version: header.version) }
            var response = WireWriter(buffer, isFlexible: false)
            writeAPIVersions(.unsupportedVersion, 0, &response)
            return response.framed()
        }
        let request = try Request(api, header, rest: rest, clientHost: host)
        var response = WireWriter(buffer, isFlexible: api.isFlexible(header.version))
        // The answer to ApiVersions has the old header in all versions: its client does not know yet what we speak.
        if header.key != 18 { response.tags() }
        counters.requests += 1
        try await api.handle(self, request, &response)
        guard !response.isTooLarge else { throw WireReader.Malformed(what: "\(api.name): asks for too much at once") }
        try await flushWritten()
        if response.isDiscarded { return nil }
        return response.framed()
    }
}
