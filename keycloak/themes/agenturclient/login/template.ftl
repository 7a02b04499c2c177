<#-- The frame of every page of the sign-in: mark, title, message, form, languages. No script of its own. -->
<#macro registrationLayout bodyClass="" displayInfo=false displayMessage=true displayRequiredFields=false>
<!DOCTYPE html>
<html lang="${lang}">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <meta name="robots" content="noindex, nofollow">
  <title>${msg("loginTitle", (realm.displayName!''))}</title>
  <link rel="icon" href="${url.resourcesPath}/img/mark.svg" type="image/svg+xml">
  <#list properties.styles?split(' ') as style>
  <link rel="stylesheet" href="${url.resourcesPath}/${style}">
  </#list>
  <#if scripts??>
    <#list scripts as script>
  <script src="${script}" type="text/javascript"></script>
    </#list>
  </#if>
</head>
<body data-page="${pageId}">
  <main class="page">
    <section class="card" aria-labelledby="kc-page-title">
      <p class="mark">
        <img src="${url.resourcesPath}/img/mark.svg" alt="" width="24" height="24">
        <span>${realm.displayName!''}</span>
      </p>
      <h1 id="kc-page-title"><#nested "header"></h1>

      <#if auth?has_content && auth.showUsername() && !auth.showResetCredentials()>
      <div class="person">
        <#nested "show-username">
        <span id="kc-attempted-username">${auth.attemptedUsername}</span>
        <a id="reset-login" href="${url.loginRestartFlowUrl}">${msg("restartLoginTooltip")}</a>
      </div>
      </#if>

      <#-- What the person asked for (an action begun in the program) needs no warning to do it. -->
      <#if displayMessage && message?has_content && (message.type != 'warning' || !isAppInitiatedAction??)>
      <p class="note note-${message.type}" role="<#if message.type = 'error'>alert<#else>status</#if>">${kcSanitize(message.summary)?no_esc}</p>
      </#if>

      <#nested "form">

      <#if auth?has_content && auth.showTryAnotherWayLink()>
      <form id="kc-select-try-another-way-form" action="${url.loginAction}" method="post">
        <input type="hidden" name="tryAnotherWay" value="on">
        <button class="button button-plain" id="try-another-way" type="submit">${msg("doTryAnotherWay")}</button>
      </form>
      </#if>

      <#nested "socialProviders">

      <#if displayInfo>
      <div class="info" id="kc-info"><#nested "info"></div>
      </#if>
    </section>

    <#if realm.internationalizationEnabled && locale.supported?size gt 1>
    <nav class="languages" aria-label="${msg("languages")}">
      <#-- In the page's order; Keycloak gives them in none. -->
      <#list ["de", "fr", "it", "en"] as code>
        <#list locale.supported?filter(each -> each.languageTag == code) as each>
      <a class="language" href="${each.url}" lang="${code}" title="${each.label}"<#if code == locale.currentLanguageTag> aria-current="true"</#if>>${code?upper_case}</a>
        </#list>
      </#list>
    </nav>
    </#if>
  </main>
</body>
</html>
</#macro>
