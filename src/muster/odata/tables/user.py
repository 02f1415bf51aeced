"""The user's table."""

TABLE = """
id                             String          default  D---  | eq in
deletedDateTime                DateTimeOffset  select   ----  |
aboutMe                        String          profile  ----  |
accountEnabled                 Boolean         select   D---  | eq ne not in
ageGroup                       String          select   D---  | eq ne not in
assignedLicenses  Collection(assignedLicense)  select   ----  count0  | eq not count
assignedLicenses/skuId         Guid            -        D---
assignedPlans     Collection(assignedPlan)     select   ----  | eq not
assignedPlans/assignedDateTime   DateTimeOffset -       A---
assignedPlans/capabilityStatus String          -        A---
assignedPlans/service          String          -        AA--
assignedPlans/servicePlanId    Guid            -        A---
authorizationInfo  authorizationInfo           unstated ----  |
authorizationInfo/certificateUserIds  Collection(String)  -  A---
birthday                       DateTimeOffset  profile  ----  |
businessPhones    Collection(String)           default  AA--  | eq not ge le startsWith
city                           String          select   DD-A  | eq ne not ge le in startsWith null
companyName                    String          select   AA-A  | eq ne not ge le in startsWith null
consentProvidedForMinor        String          select   D---  | eq ne not in
country                        String          select   DD-A  | eq ne not ge le in startsWith null
createdDateTime                DateTimeOffset  select   --D-  | eq ne not ge le in
creationType                   String          select   D---  | eq ne not in
customSecurityAttributes  customSecurityAttributeValue  select  ----  | eq ne not startsWith
customSecurityAttributes/*     Untyped         -        AA--
department                     String          select   DD-A  | eq ne not ge le in null
deviceEnrollmentLimit          Int32           unstated ----  |
displayName                    String          default  DD-A  | eq ne not ge le in startsWith null
employeeHireDate               DateTimeOffset  select   --A-  | eq ne not ge le in
employeeId                     String          select   D--A  | eq ne not ge le in startsWith null
employeeLeaveDateTime          DateTimeOffset  unstated ----  | eq ne not ge le in
employeeOrgData                employeeOrgData select   ----  | eq ne not ge le in
employeeOrgData/costCenter     String          -        AA--
employeeOrgData/division       String          -        AA--
employeeType                   String          select   A---  | eq ne not ge le in startsWith
externalUserState              String          select   D---  | eq ne not in
externalUserStateChangeDateTime  DateTimeOffset  select ----  | eq ne not in
faxNumber                      String          select   AA-A  | eq ne not ge le in startsWith null
givenName                      String          default  DD-A  | eq ne not ge le in startsWith null
hireDate                       DateTimeOffset  profile  ----  |
identities        Collection(objectIdentity)   select   ----  | eq
identities/issuer              String          -        O--O
identities/issuerAssignedId    String          -        O---
identityParentId               String          unstated ----  |
imAddresses       Collection(String)           select   DD--  | eq not ge le startsWith
interests         Collection(String)           profile  ----  |
isManagementRestricted         Boolean         select   ----  |
isResourceAccount              Boolean         unstated D---  |
jobTitle                       String          default  DD-A  | eq ne not ge le in startsWith null
lastPasswordChangeDateTime     DateTimeOffset  select   ----  |
legalAgeGroupClassification    String          select   ----  |
licenseAssignmentStates  Collection(licenseAssignmentState)  select  ----  |
mail String default DD-A ends | eq ne not ge le in startsWith endsWith null
mailboxSettings                mailboxSettings profile  ----  |
mailNickname                   String          select   DD-A  | eq ne not ge le in startsWith null
mobilePhone                    String          default  AA-A  | eq ne not ge le in startsWith null
mySite                         String          profile  ----  |
officeLocation                 String          default  AA-A  | eq ne not ge le in startsWith null
onPremisesDistinguishedName    String          select   AA--  |
onPremisesDomainName           String          select   ----  |
onPremisesExtensionAttributes  onPremisesExtensionAttributes  select  ----  | eq ne not in
onPremisesExtensionAttributes/#  String        -        AA--
onPremisesImmutableId          String          select   D---  | eq ne not ge le in
onPremisesLastSyncDateTime     DateTimeOffset  select   --D-  | eq ne not ge le in
onPremisesProvisioningErrors Collection(onPremisesProvisioningError) select ---- count0 | eq not ge le
onPremisesSamAccountName       String          select   AA--  | eq ne not ge le in startsWith
onPremisesSecurityIdentifier   String          select   D--A  | eq null
onPremisesSyncEnabled          Boolean         select   D--A  | eq ne not in null
onPremisesUserPrincipalName    String          select   ----  | eq ne not ge le in startsWith
otherMails Collection(String) select DD-- ends count0 | eq not ge le in startsWith endsWith count
passwordPolicies               String          select   ----  | ne not null
passwordProfile                passwordProfile select   ----  | eq ne not in null
passwordProfile/forceChangePasswordNextSignIn         Boolean  -  A---
passwordProfile/forceChangePasswordNextSignInWithMfa  Boolean  -  A---
pastProjects      Collection(String)           profile  ----  |
postalCode                     String          select   AA-A  | eq ne not ge le in startsWith null
preferredDataLocation          String          unstated ----  |
preferredLanguage              String          default  A--A  | eq ne not ge le in startsWith null
preferredName                  String          profile  ----  |
print                          userPrint       unstated ----  |
provisionedPlans  Collection(provisionedPlan)  select   ----  | eq not ge le
provisionedPlans/capabilityStatus    String    -        A---
provisionedPlans/provisioningStatus  String    -        A---
provisionedPlans/service       String          -        AA--
proxyAddresses Collection(String) select DD-- ends count0 | eq not ge le startsWith endsWith count
responsibilities  Collection(String)           profile  ----  |
schools           Collection(String)           profile  ----  |
securityIdentifier             String          select   ----  | eq not ge le startsWith
serviceProvisioningErrors  Collection(serviceProvisioningError)  unstated  ----  | eq not
serviceProvisioningErrors/isResolved       Boolean  -   ----  | eq not
serviceProvisioningErrors/serviceInstance  String   -   ----  | eq not
showInAddressList              Boolean         unstated ----  |
signInActivity                 signInActivity  select   ----  | eq ne not ge le
signInActivity/lastNonInteractiveSignInDateTime  DateTimeOffset  -  --D-  | eq ne not ge le
signInActivity/lastSignInDateTime                DateTimeOffset  -  --D-  | eq ne not ge le
signInActivity/lastSuccessfulSignInDateTime      DateTimeOffset  -  --D-  | eq ne not ge le
signInSessionsValidFromDateTime  DateTimeOffset  select ----  |
skills            Collection(String)           profile  ----  |
state                          String          select   D--A  | eq ne not ge le in startsWith null
streetAddress                  String          select   AA-A  | eq ne not ge le in startsWith null
surname                        String          default  DD-A  | eq ne not ge le in startsWith null
usageLocation                  String          select   DD-A  | eq ne not ge le in startsWith null
userPrincipalName String default DD-- ends | eq ne not ge le in startsWith endsWith
userType                       String          select   D--A  | eq ne not in null
infoCatalogs      Collection(String)           select   DD--  undeclared
isLicenseReconciliationNeeded  Boolean         select   O---  undeclared
onPremisesSipInfo              onPremisesSipInfo  select  ----  undeclared
onPremisesSipInfo/isSipEnabled Boolean         -        A---
ownedObjects      Collection(directoryObject)  -        ----  count01
"""  # noqa: E501, a row is a line
