/// Something that a role may let its holders do, as `resource:action`.
///
/// Each is in a row of the matrix of roles and features (`Services/Auth/Policies`), with the people who have it; some of them wait for their routes.
public enum Permission: String, CaseIterable, Codable, Hashable, Sendable {
    // Work orders
    case workOrderCreate = "workorder:create"
    case workOrderRead = "workorder:read"
    case workOrderUpdate = "workorder:update"
    case workOrderDelete = "workorder:delete"
    case workOrderApprove = "workorder:approve"
    case workOrderAssign = "workorder:assign"
    case workOrderSchedule = "workorder:schedule"
    case workOrderReschedule = "workorder:reschedule"
    case workOrderExecute = "workorder:execute"
    case workOrderVerify = "workorder:verify"
    case workOrderClose = "workorder:close"
    case workOrderCancel = "workorder:cancel"
    case workOrderBulk = "workorder:bulk"
    case workOrderComment = "workorder:comment"
    case workOrderCostRead = "workorder-cost:read"
    case workOrderCostUpdate = "workorder-cost:update"
    case attachmentAdd = "attachment:add"
    case laborRecord = "labor:record"

    // Sites, assets and telemetry
    case siteCreate = "site:create"
    case siteRead = "site:read"
    case assetCreate = "asset:create"
    case assetRead = "asset:read"
    case assetUpdate = "asset:update"
    case assetStatus = "asset:status"
    case assetDecommission = "asset:decommission"
    case assetDelete = "asset:delete"
    case assetLocate = "asset:locate"
    case assetHistoryRead = "asset-history:read"
    case assetDocumentAdd = "asset-document:add"
    case sensorCreate = "sensor:create"
    case sensorRead = "sensor:read"
    case telemetryRead = "telemetry:read"
    case predictionRead = "prediction:read"

    // Parts
    case partCreate = "part:create"
    case partRead = "part:read"
    case partUpdate = "part:update"
    case partCostRead = "part-cost:read"
    case stockAdjust = "stock:adjust"
    case stockReserve = "stock:reserve"
    case stockIssue = "stock:issue"
    case stockConsume = "stock:consume"
    case stockReturn = "stock:return"
    case stockReceive = "stock:receive"
    case stockCount = "stock:count"
    case purchaseRequest = "purchase:request"

    // Planning
    case scheduleRead = "schedule:read"
    case maintenancePlanCreate = "maintenance-plan:create"
    case maintenancePlanUpdate = "maintenance-plan:update"
    case utilizationRead = "utilization:read"
    case timeOffRequest = "time-off:request"
    case timeOffApprove = "time-off:approve"
    case crewManage = "crew:manage"

    // Reports
    case executiveDashboardRead = "executive-dashboard:read"
    case executiveDashboardManage = "executive-dashboard:manage"
    case operationsDashboardRead = "operations-dashboard:read"
    case operationsDashboardManage = "operations-dashboard:manage"
    case backlogRead = "backlog:read"
    case backlogManage = "backlog:manage"
    case slaReportRead = "sla-report:read"
    case slaReportManage = "sla-report:manage"
    case costReportRead = "cost-report:read"
    case costReportManage = "cost-report:manage"
    case safetyReportRead = "safety-report:read"
    case safetyReportManage = "safety-report:manage"
    case performanceReportRead = "performance-report:read"
    case performanceReportManage = "performance-report:manage"
    case productivityReportRead = "productivity-report:read"
    case productivityReportManage = "productivity-report:manage"
    case reportExport = "report:export"
    case reportCreate = "report:create"
    case reportSchedule = "report:schedule"

    // Safety and compliance
    case procedureRead = "procedure:read"
    case procedureManage = "procedure:manage"
    case safetyDocumentAcknowledge = "safety-document:acknowledge"
    case checklistComplete = "checklist:complete"
    case permitRequest = "permit:request"
    case permitApprove = "permit:approve"
    case incidentReport = "incident:report"
    case incidentRead = "incident:read"
    case incidentInvestigate = "incident:investigate"
    case certificateRead = "certificate:read"
    case certificateManage = "certificate:manage"
    case complianceReportRead = "compliance-report:read"
    case complianceReportCreate = "compliance-report:create"

    // Alerts and messages
    case alertRead = "alert:read"
    case alertAcknowledge = "alert:acknowledge"
    case alertRuleCreate = "alert-rule:create"
    case alertRuleRead = "alert-rule:read"
    case notificationRead = "notification:read"
    case syncUse = "sync:use"

    // People and settings
    case userCreate = "user:create"
    case userRead = "user:read"
    case userUpdate = "user:update"
    case userDeactivate = "user:deactivate"
    case userErase = "user:erase"
    case skillManage = "skill:manage"
    case roleRead = "role:read"
    case roleAssign = "role:assign"
    case roleManage = "role:manage"
    case roleDelegate = "role:delegate"
    case auditRead = "audit:read"
    case auditExport = "audit:export"
    case legalHoldRead = "legal-hold:read"
    case legalHoldManage = "legal-hold:manage"
    case apiKeyRead = "api-key:read"
    case apiKeyManage = "api-key:manage"
    case tenantUpdate = "tenant:update"
    case integrationConfigure = "integration:configure"
    case webhookRead = "webhook:read"
    case webhookManage = "webhook:manage"
    case automationRead = "automation:read"
    case automationManage = "automation:manage"
    case requestLinkRead = "request-link:read"
    case requestLinkManage = "request-link:manage"

    /// Of the whole installation: all tenants.
    case platformRead = "platform:read"
    case platformManage = "platform:manage"

    /// Those that concern more than one tenant: no role has them because it has everything.
    public static let ofPlatform: Set<Permission> = [.platformRead, .platformManage]

    /// Those that earlier versions knew. They are still granted, as long as instances of these versions run, and permit nothing here.
    static let ofEarlierVersions: Set<String> = ["workorder:transition"]

    /// Whether it creates records, which are then their creator's own.
    var creates: Bool { rawValue.hasSuffix(":create") }
}
