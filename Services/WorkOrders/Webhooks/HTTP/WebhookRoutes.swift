import Access
import Commands
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import ServiceKit

/// `/api/v1/webhooks`: where an organization wants facts posted to. They are about all of its work, so they are for those who may see all of it.
struct WebhookRoutes: Sendable {
    let store: WebhookStore
    let network: WebhookNetwork
    var now: @Sendable () -> Date = { Date() }

    private var commands: CommandRunner { CommandRunner("work-orders", store.database, now: now) }

    func all() throws -> [Route] {
        let hook = "/webhooks/{webhook}"
        let delivery = "\(hook)/deliveries/{delivery}"
        return try [
            Route(.get, "/webhooks", "List webhooks", .requires(.webhookRead), use: list),
            Route(
                .post,
                "/webhooks",
                "Add a webhook, whose secret is in this answer only",
                .requires(.webhookManage),
                .givesSecret,
                .refuses([.conflict]),
                use: create
            ),
            Route(.get, hook, "Read a webhook", .requires(.webhookRead), use: read),
            Route(.patch, hook, "Change a webhook", .requires(.webhookManage), .versioned, use: change),
            Route(.delete, hook, "Remove a webhook", .requires(.webhookManage), .versioned, use: remove),
            Route(
                .post,
                "\(hook)/secret",
                "Give a webhook a new secret, which is in this answer only",
                .requires(.webhookManage),
                .givesSecret,
                use: rotate
            ),
            Route(.post, "\(hook)/test", "Post a test to a webhook", .requires(.webhookManage), use: test),
            Route(
                .get,
                "\(hook)/deliveries",
                "List what was posted to a webhook, the newest first",
                .requires(.webhookRead),
                use: deliveries
            ),
            Route(.get, delivery, "Read what was posted to a webhook", .requires(.webhookRead), use: readDelivery),
            Route(
                .post,
                "\(delivery)/redelivery",
                "Post the same to a webhook once more",
                .requires(.webhookManage),
                .refuses([.conflict]),
                use: redrive
            ),
            Route(
                .post,
                "\(hook)/redeliveries",
                "Post what has failed to a webhook once more",
                .requires(.webhookManage),
                .refuses([.conflict]),
                use: redriveFailed
            ),
        ]
    }

    @Sendable func list(_ call: Call<NoInput>) async throws -> WebhookList {
        guard try call.reach == .tenant else { return WebhookList(items: []) }
        return WebhookList(items: try await store.list(try call.principal.tenant).map(WebhookResponse.init))
    }

    @Sendable func create(_ call: Call<CreateWebhook>) async throws -> Created<NewWebhookResponse> {
        let principal = try call.principal
        try principal.authority.requireTenantWide(.webhookManage)
        _ = try await network.check(call.input.url)
        let secret = WebhookSecret()
        return try await commands.run(call) { act, tx in
            let webhook = Webhook.created(
                call.input,
                id: .new(),
                of: principal.tenant,
                by: principal.user,
                at: act.time
            )
            try await store.create(webhook, secret, by: act, tx)
            return Created(
                NewWebhookResponse(webhook: WebhookResponse(webhook), secret: secret.text),
                at: "/api/v1/webhooks/\(webhook.id)"
            )
        }
    }

    @Sendable func read(_ call: Call<NoInput>) async throws -> WebhookResponse {
        WebhookResponse(try await store.find(try id(call), try call.principal.tenant))
    }

    @Sendable func change(_ call: Call<ChangeWebhook>) async throws -> WebhookResponse {
        let (id, tenant, seen) = (try id(call), try call.principal.tenant, try call.ifMatch)
        if let url = call.input.url.value { _ = try await network.check(url) }
        return try await commands.run(call) { act, tx in
            WebhookResponse(
                try await store.change(id, tenant, by: act, tx) {
                    try $0.changed(call.input, seen: seen, at: act.time)
                }
            )
        }
    }

    @Sendable func remove(_ call: Call<NoInput>) async throws -> NoContent {
        let (id, tenant, seen) = (try id(call), try call.principal.tenant, try call.ifMatch)
        return try await commands.run(call) { act, tx in
            try await store.remove(id, tenant, seen: seen, by: act, tx)
            return NoContent()
        }
    }

    @Sendable func rotate(_ call: Call<RotateWebhookSecret>) async throws -> WebhookSecretResponse {
        let (id, tenant) = (try id(call), try call.principal.tenant)
        let secret = WebhookSecret()
        let hours = call.input.overlapHours ?? 24
        return try await commands.run(call) { act, tx in
            let until = hours > 0 ? act.time.addingTimeInterval(Double(hours) * 3600) : nil
            try await store.rotate(id, tenant, to: secret, formerUntil: until, by: act, tx)
            return WebhookSecretResponse(secret: secret.text, formerSecretUntil: until)
        }
    }

    @Sendable func test(_ call: Call<NoInput>) async throws -> Created<WebhookDeliveryResponse> {
        let (id, tenant) = (try id(call), try call.principal.tenant)
        return try await commands.run(call) { act, tx in
            let delivery = try await store.test(id, tenant, by: act, tx)
            return Created(
                WebhookDeliveryResponse(delivery, withBody: true),
                at: "/api/v1/webhooks/\(id)/deliveries/\(delivery.id)"
            )
        }
    }

    @Sendable func deliveries(_ call: Call<Paged<WebhookDeliveryFilter>>) async throws -> Page<WebhookDeliveryResponse>
    {
        let page = call.input
        let found = try await store.deliveries(
            of: try id(call),
            try call.principal.tenant,
            page.filter,
            after: try page.position(as: WebhookDeliveryPosition.self),
            limit: page.limit
        )
        return try Page(found.map { WebhookDeliveryResponse($0) }, limit: page.limit) {
            WebhookDeliveryPosition(createdAt: $0.createdAt, id: $0.id)
        }
    }

    @Sendable func readDelivery(_ call: Call<NoInput>) async throws -> WebhookDeliveryResponse {
        WebhookDeliveryResponse(
            try await store.delivery(try delivery(call), of: try id(call), try call.principal.tenant),
            withBody: true
        )
    }

    @Sendable func redrive(_ call: Call<NoInput>) async throws -> WebhookDeliveryResponse {
        let (webhook, delivery, tenant) = (try id(call), try delivery(call), try call.principal.tenant)
        return try await commands.run(call) { act, tx in
            WebhookDeliveryResponse(try await store.redrive(delivery, of: webhook, tenant, by: act, tx))
        }
    }

    @Sendable func redriveFailed(_ call: Call<RedriveWebhook>) async throws -> RedrivenResponse {
        let (webhook, tenant) = (try id(call), try call.principal.tenant)
        return try await commands.run(call) { act, tx in
            let (count, hasMore) = try await store.redriveFailed(
                of: webhook,
                since: call.input.since,
                tenant,
                by: act,
                tx
            )
            return RedrivenResponse(count: count, hasMore: hasMore)
        }
    }

    // MARK: - Steps

    /// For those whose permission is not for all of the organization, there is none.
    private func id(_ call: Call<some Input>) throws -> WebhookID {
        guard try call.reach == .tenant else { throw WebhookRefusal.unknown }
        return try call.id("webhook", of: "webhook")
    }

    private func delivery(_ call: Call<some Input>) throws -> WebhookDeliveryID {
        try call.id("delivery", of: "delivery")
    }
}
