"""The group's table."""

TABLE = """
id                             String          default  D---  | eq in
deletedDateTime                DateTimeOffset  default  ----  |
accessType                     groupAccessType single   ----  |
allowExternalSenders           Boolean         single   ----  |
assignedLabels    Collection(assignedLabel)    select   ----  |
assignedLicenses  Collection(assignedLicense)  select   ----  count0  | eq
assignedLicenses/skuId         Guid            -        D---
autoSubscribeNewMembers        Boolean         single   ----  |
classification                 String          default  DD--  | eq ne not ge le startsWith
createdDateTime                DateTimeOffset  default  --AA  |
description                    String          default  AA-A  | eq ne not ge le startsWith
displayName                    String          default  DD-A  | eq ne not ge le in startsWith null
expirationDateTime             DateTimeOffset  default  --A-  | eq ne not ge le in
groupTypes        Collection(String)           default  D---  | eq not
hasMembersWithLicenseErrors    Boolean         unstated O--O  | eq
hideFromAddressLists           Boolean         single   ----  |
hideFromOutlookClients         Boolean         single   ----  |
infoCatalogs      Collection(String)           unstated DD--  |
isArchived                     Boolean         unstated ----  |
isAssignableToRole             Boolean         default  D---  | eq ne not
isFavorite                     Boolean         single   ----  |
isManagementRestricted         Boolean         select   ----  |
isSubscribedByMail             Boolean         single   ----  |
licenseProcessingState         licenseProcessingState  select  ----  |
mail                           String          default  DD-A  | eq ne not ge le in startsWith null
mailEnabled                    Boolean         default  D---  | eq ne not
mailNickname                   String          default  DD-A  | eq ne not ge le in startsWith null
membershipRule                 String          default  DD--  | eq ne not ge le startsWith
membershipRuleProcessingState  String          default  D---  | eq ne not in
onPremisesDomainName           String          default  ----  |
onPremisesExtensionAttributes  onPremisesExtensionAttributes  select  ----  | eq ne not in
onPremisesExtensionAttributes/#  String        -        ----  | eq ne not in
onPremisesLastSyncDateTime     DateTimeOffset  default  --D-  | eq ne not ge le in
onPremisesNetBiosName          String          default  ----  |
onPremisesProvisioningErrors Collection(onPremisesProvisioningError) default ---- count0 | eq not
onPremisesProvisioningErrors/category              String  -  D---
onPremisesProvisioningErrors/propertyCausingError  String  -  D---
onPremisesSamAccountName       String          default  AA--  | eq ne not ge le in startsWith
onPremisesSecurityIdentifier   String          default  D--A  | eq null
onPremisesSyncEnabled          Boolean         default  D--A  | eq ne not in null
organizationId                 String          unstated ----  |
preferredDataLocation          String          default  ----  |
preferredLanguage              String          default  A--A  | eq ne not ge le in startsWith null
proxyAddresses Collection(String) default DD-- ends count0 | eq not ge le startsWith endsWith count
renewedDateTime                DateTimeOffset  default  --D-  | eq ne not ge le in
resourceBehaviorOptions      Collection(String)  unstated  D---  |
resourceProvisioningOptions  Collection(String)  default   D---  | eq not startsWith
securityEnabled                Boolean         default  D---  | eq ne not in
securityIdentifier             String          default  ----  |
serviceProvisioningErrors  Collection(serviceProvisioningError)  unstated  ----  | eq not
serviceProvisioningErrors/isResolved       Boolean  -   ----  | eq not
serviceProvisioningErrors/serviceInstance  String   -   ----  | eq not
theme                          String          default  ----  |
uniqueName                     String          unstated DD--  |
unseenConversationsCount       Int32           single   ----  |
unseenCount                    Int32           single   ----  |
unseenMessagesCount            Int32           single   ----  |
visibility                     String          default  ----  |
welcomeMessageEnabled          Boolean         unstated ----  |
createdByAppId                 String          select   D---  undeclared
"""
