import Access
import Commands
import Foundation
import HTTPTypes
import Hummingbird
import Identifiers
import Logging
import Messaging
import NIOCore
import ObjectStore
import ServiceKit

/// `/api/v1/workorders/{id}/attachments`: a file is announced, comes in parts, in any order and again where one got lost, and is completed.
struct AttachmentRoutes: Sendable {
    let store: AttachmentStore
    let files: AttachmentFiles
    let commands: CommandRunner
    let logger: Logger
    var now: @Sendable () -> Date = { Date() }

    private static let path = "/workorders/{id}/attachments"

    func all() throws -> [Route] {
        let file = "\(Self.path)/{attachment}"
        return try [
            Route(
                .post,
                Self.path,
                "Announce a file of a work order",
                .requires(.attachmentAdd),
                .refuses([.conflict]),
                use: announce
            ),
            Route(.get, Self.path, "List the files of a work order", .requires(.workOrderRead), use: list),
            Route(.get, file, "Read what is known of a file", .requires(.workOrderRead), use: read),
            Route(
                .put,
                "\(file)/parts/{part}",
                "Upload a part of a file",
                .requires(.attachmentAdd),
                .words("part", Attachment.partNumbers.map(String.init)),
                .refuses([.conflict]),
                use: putPart
            ),
            Route(
                .post,
                "\(file)/complete",
                "Complete a file of which all parts have come",
                .requires(.attachmentAdd),
                .refuses([.conflict, .unprocessableContent, .unsupportedMediaType]),
                use: complete
            ),
            Route(
                .get,
                "\(file)/content",
                "Download a file of a work order",
                .requires(.workOrderRead),
                .refuses([.conflict, .rangeNotSatisfiable]),
                use: content
            ),
            Route(
                .get,
                "\(file)/thumbnail",
                "Read a thumbnail of a picture",
                .requires(.workOrderRead),
                .refuses([.conflict]),
                use: thumbnail
            ),
            Route(
                .post,
                "\(file)/acknowledgement",
                "Acknowledge a document about safety: say that one has read it",
                .requires(.safetyDocumentAcknowledge),
                .refuses([.conflict]),
                use: acknowledge
            ),
            Route(
                .delete,
                file,
                "Delete a file of a work order",
                .requires(.attachmentAdd),
                .refuses([.conflict]),
                use: delete
            ),
        ]
    }

    @Sendable func announce(_ call: Call<AnnounceAttachment>) async throws -> Created<AttachmentResponse> {
        let order: WorkOrderID = try call.id("id", of: "work order")
        let reach = try reach(call, adding: call.input.purpose)
        try files.requireStore()
        return try await commands.run(call) { act, tx in
            let attachment = try await store.announce(call.input, on: order, within: reach, by: act, tx)
            return Created(
                AttachmentResponse(attachment),
                at: "/api/v1/workorders/\(order)/attachments/\(attachment.id)"
            )
        }
    }

    @Sendable func list(_ call: Call<NoInput>) async throws -> AttachmentList {
        let order: WorkOrderID = try call.id("id", of: "work order")
        let tenant = try call.principal.tenant
        let found = try await store.list(order, tenant: tenant, within: try call.reach)
        let documents = found.filter { $0.purpose == .safety }.map(\.id)
        let read = try await store.acknowledgements(of: documents, tenant: tenant)
        return AttachmentList(items: found.map { AttachmentResponse($0, acknowledgements: read[$0.id] ?? []) })
    }

    @Sendable func read(_ call: Call<NoInput>) async throws -> AttachmentResponse {
        let attachment = try await find(call)
        if attachment.isUploading {
            return AttachmentResponse(attachment, parts: try await files.parts(of: attachment))
        }
        guard attachment.purpose == .safety else { return AttachmentResponse(attachment) }
        let read = try await store.acknowledgements(of: [attachment.id], tenant: attachment.tenant)
        return AttachmentResponse(attachment, acknowledgements: read[attachment.id] ?? [])
    }

    @Sendable func putPart(_ call: Call<RawBody>) async throws -> NoContent {
        let text = try call.context.parameters.require("part")
        guard let number = Int(text), "\(number)" == text, Attachment.partNumbers.contains(number) else {
            throw Problem.field("part", .oneOf(Attachment.partNumbers.map(String.init)))
        }
        let attachment = try await findToChange(call)
        try attachment.requireUploading(by: try call.principal.user, at: now())
        guard let size = attachment.size(ofPart: number) else { throw AttachmentRefusal.unknownPart(number) }
        guard call.input.bytes.readableBytes == size else { throw AttachmentRefusal.wrongPartSize(expected: size) }
        try await files.put(call.input.bytes, asPart: number, of: attachment)
        return NoContent()
    }

    /// Reading and scanning take time: they come before the transaction, which decides again over what is there then.
    @Sendable func complete(_ call: Call<NoInput>) async throws -> AttachmentResponse {
        let user = try call.principal.user
        let announced = try await findToChange(call)
        let reach = try reach(call, adding: announced.purpose)
        try announced.requireUploading(by: user, at: now())
        let policy = try await store.orders.policy(of: announced.tenant)
        var content = try await files.check(announced, position: policy.photoPosition)
        let checked = try announced.completed(content, by: user, at: now())
        if checked.state == .available { content.hasThumbnails = try await files.keep(checked) }
        let kept = content
        let attachment = try await commands.run(call) { act, tx in
            AttachmentResponse(
                try await store.update(
                    announced.id,
                    of: announced.workOrder,
                    "ATTACHMENT_COMPLETED",
                    within: reach,
                    by: act,
                    tx
                ) { attachment, order in
                    try order.requireOpenForFiles()
                    return try attachment.completed(kept, by: user, at: act.time)
                }
            )
        }
        if attachment.state != .unscanned { await end(checked) }
        return attachment
    }

    @Sendable func content(_ call: Call<NoInput>) async throws -> AttachmentContent {
        let attachment = try await find(call)
        let type = try attachment.requireAvailable()
        let range: Range<Int>?
        switch ByteRange(call.request.headerFields[.range], size: attachment.size) {
        case .whole: range = nil
        case .part(let part): range = part
        case .outside: throw AttachmentRefusal.rangeOutside(attachment.size)
        }
        let object = try await files.content(of: attachment, range: range)
        return AttachmentContent(attachment, type, range: range, object)
    }

    @Sendable func thumbnail(_ call: Call<ThumbnailFilter>) async throws -> AttachmentContent {
        let attachment = try await find(call)
        _ = try attachment.requireAvailable()
        let size = call.input.size ?? .small
        return AttachmentContent(size, of: attachment, try await files.thumbnail(size, of: attachment))
    }

    /// Again is the same: the first time counts.
    @Sendable func acknowledge(_ call: Call<NoInput>) async throws -> AttachmentResponse {
        let order: WorkOrderID = try call.id("id", of: "work order")
        let document: AttachmentID = try call.id("attachment", of: "attachment")
        let authority = try call.principal.authority
        let reach = ChangeReach(
            change: authority.reach(of: .safetyDocumentAcknowledge),
            see: authority.reach(of: .workOrderRead)
        )
        return try await commands.run(call) { act, tx in
            let (attachment, read) = try await store.acknowledge(document, of: order, within: reach, by: act, tx)
            return AttachmentResponse(attachment, acknowledgements: read)
        }
    }

    @Sendable func delete(_ call: Call<NoInput>) async throws -> NoContent {
        let reach = try reach(call, adding: try await findToChange(call).purpose)
        let user = try call.principal.user
        return try await commands.run(call) { act, tx in
            _ = try await store.update(
                try call.id("attachment", of: "attachment"),
                of: try call.id("id", of: "work order"),
                "ATTACHMENT_DELETED",
                within: reach,
                by: act,
                tx
            ) { attachment, order in
                try order.requireOpenForFiles()
                return attachment.deleted(by: user, at: act.time)
            }
            return NoContent()
        }
    }

    // MARK: - Steps

    private func find(_ call: Call<some Input>, within reach: Reach? = nil) async throws -> Attachment {
        try await store.find(
            try call.id("attachment", of: "attachment"),
            of: try call.id("id", of: "work order"),
            tenant: try call.principal.tenant,
            within: try reach ?? call.reach
        )
    }

    /// A file where the caller may add some; what it is for decides then whether this one is among them.
    private func findToChange(_ call: Call<some Input>) async throws -> Attachment {
        try await find(call, within: call.reach.given { _ in true })
    }

    /// Where the caller may add and remove files that are for this.
    private func reach(_ call: Call<some Input>, adding purpose: Attachment.Purpose?) throws -> ChangeReach {
        let authority = try call.principal.authority
        return ChangeReach(
            change: try authority.reach(of: [.attachmentAdd]) { purpose.meets($0) },
            see: authority.reach(of: .workOrderRead)
        )
    }

    /// What stays is removed by the upkeep.
    private func end(_ attachment: Attachment) async {
        do {
            try await files.end(attachment)
        } catch {
            logger.notice("parts of a file are left for the upkeep", metadata: ["attachment": "\(attachment.id)"])
        }
    }
}

/// Which of the thumbnails.
struct ThumbnailFilter: Input {
    var size: Thumbnail?

    static let rules: Rules = [
        "size": .means(
            "The longest side: \(Thumbnail.small.longestSide) pixels (`small`, the default), or \(Thumbnail.large.longestSide) (`large`)"
        )
    ]
}
