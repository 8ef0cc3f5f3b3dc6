import Commands
import Foundation
import HTTPTypes
import Hummingbird
import Identifiers
import Logging
import Messaging
import NIOCore
import ServiceKit

/// `/api/v1/public/requests`: what people do without an account, with the token of a sign. Nothing of the organization is shown to them but the
/// sign's own words.
struct PublicRequestRoutes: Sendable {
    let links: RequestLinkStore
    let store: RequestStore
    let files: AttachmentFiles
    let logger: Logger
    var now: @Sendable () -> Date = { Date() }

    private static let partNumbers = 1...(ServiceRequest.maximumPhotoSize / Attachment.partSize)

    func all() throws -> [Route] {
        let link = "/public/requests/{token}"
        let photos = "\(link)/{receipt}/photos"
        return try [
            Route(.get, link, "Read what can be asked for at a place", .open, use: read),
            Route(
                .post,
                link,
                "Ask for work without an account",
                .open,
                .refuses([.tooManyRequests]),
                use: ask
            ),
            Route(.get, "\(link)/{receipt}", "Read what has become of a request", .open, use: state),
            Route(.post, photos, "Announce a photo of a request", .open, .refuses([.conflict]), use: announce),
            Route(
                .put,
                "\(photos)/{photo}/parts/{part}",
                "Upload a part of a photo",
                .open,
                .words("part", Self.partNumbers.map(String.init)),
                .refuses([.conflict]),
                use: putPart
            ),
            Route(
                .post,
                "\(photos)/{photo}/complete",
                "Complete a photo of which all parts have come",
                .open,
                .refuses([.conflict, .unprocessableContent, .unsupportedMediaType]),
                use: complete
            ),
        ]
    }

    @Sendable func read(_ call: Call<NoInput>) async throws -> PublicLinkResponse {
        PublicLinkResponse(try await link(call).link)
    }

    @Sendable func ask(_ call: Call<AskForWork>) async throws -> Created<PublicRequestResponse> {
        let (token, link) = try await link(call)
        let receipt = RequestToken.receipt(of: call.input.clientKey, at: token)
        let request = try await store.ask(call.input, at: link, receipt: receipt, by: act(call, link))
        return Created(PublicRequestResponse(request, receipt), at: "/api/v1/public/requests/\(token)/\(receipt)")
    }

    @Sendable func state(_ call: Call<NoInput>) async throws -> PublicRequestResponse {
        let (_, request, receipt) = try await request(call)
        return PublicRequestResponse(request, receipt)
    }

    @Sendable func announce(_ call: Call<AnnouncePhoto>) async throws -> Created<PublicPhotoResponse> {
        let (link, _, receipt) = try await request(call)
        do { try files.requireStore() } catch { throw RequestRefusal.photosNotPossible }
        return Created(
            PublicPhotoResponse(try await store.announce(call.input, to: receipt, at: link, by: act(call, link)))
        )
    }

    @Sendable func putPart(_ call: Call<RawBody>) async throws -> NoContent {
        let text = try call.context.parameters.require("part")
        guard let number = Int(text), "\(number)" == text, Self.partNumbers.contains(number) else {
            throw Problem.field("part", .oneOf(Self.partNumbers.map(String.init)))
        }
        let (_, photo) = try await photo(call)
        try photo.requireUploading(by: photo.createdBy, at: now())
        guard let size = photo.size(ofPart: number) else { throw AttachmentRefusal.unknownPart(number) }
        guard call.input.bytes.readableBytes == size else { throw AttachmentRefusal.wrongPartSize(expected: size) }
        try await files.put(call.input.bytes, asPart: number, of: photo)
        return NoContent()
    }

    @Sendable func complete(_ call: Call<NoInput>) async throws -> PublicPhotoResponse {
        let (link, request, _) = try await self.request(call)
        let announced = try await store.photo(try call.id("photo", of: "photo"), of: request)
        // It comes again.
        guard announced.isUploading else { return PublicPhotoResponse(announced) }
        try announced.requireUploading(by: announced.createdBy, at: now())
        let policy = try await store.orders.policy(of: announced.tenant)
        var content = try await files.check(announced, position: policy.photoPosition)
        let checked = try announced.completed(content, by: announced.createdBy, at: now())
        if checked.state == .available { content.hasThumbnails = try await files.keep(checked) }
        let photo = try await store.complete(announced.id, of: request, content, by: act(call, link))
        if photo.state != .unscanned {
            do {
                try await files.end(photo)
            } catch {
                logger.notice("parts of a photo are left for the upkeep", metadata: ["attachment": "\(photo.id)"])
            }
        }
        return PublicPhotoResponse(photo)
    }

    // MARK: - Steps

    /// A token that nobody has, one that has ended and one that was switched off are all the same to strangers.
    private func link(_ call: Call<some Input>) async throws -> (token: RequestToken, link: RequestLink) {
        let token: RequestToken = try call.id("token", of: "link")
        guard let link = try await links.find(token, at: now()) else { throw RequestRefusal.unknownLink }
        return (token, link)
    }

    private func request(_ call: Call<some Input>) async throws -> (RequestLink, ServiceRequest, RequestToken) {
        let receipt: RequestToken = try call.id("receipt", of: "request")
        let (_, link) = try await link(call)
        return (link, try await store.find(receipt, at: link), receipt)
    }

    private func photo(_ call: Call<some Input>) async throws -> (ServiceRequest, Attachment) {
        let (_, request, _) = try await request(call)
        return (request, try await store.photo(try call.id("photo", of: "photo"), of: request))
    }

    /// Nobody has logged in: the link says whose it is.
    private func act(_ call: Call<some Input>, _ link: RequestLink) -> Act {
        Act(
            service: "work-orders",
            tenant: link.tenant,
            cause: "request link \(link.id)",
            correlation: call.context.requestID,
            traceparent: call.context.trace.description,
            time: now()
        )
    }
}
