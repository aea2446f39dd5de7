; The setup for Windows: for one person, without an administrator. Silent with
; /S, as winget wants it; /D=C:\folder (last) names another folder.
;
; windows/packages gives VERSION, FROM (a folder with the programs), OUT, ICON and
; PICTURE (164 by 314, a bitmap).
Target amd64-unicode
SetCompressor /SOLID lzma
ManifestDPIAware true
RequestExecutionLevel user

!include MUI2.nsh
!include FileFunc.nsh
!include LogicLib.nsh

!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\io.github.lifeboat"

Name "Lifeboat"
OutFile "${OUT}"
BrandingText "Lifeboat ${VERSION}"
InstallDir "$LOCALAPPDATA\Programs\Lifeboat"
InstallDirRegKey HKCU "${UNINSTALL}" "InstallLocation"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_WELCOMEFINISHPAGE_BITMAP "${PICTURE}"
; What NSIS says by itself of other programs and of a restart is not so here.
!define MUI_WELCOMEPAGE_TEXT "$(Welcome)"
!define MUI_ABORTWARNING
!define MUI_FINISHPAGE_RUN "$INSTDIR\lifeboat.exe"
!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES

; One line for each language that Lifeboat speaks (assets/translations), and
; its texts below; a test in cmd holds the two together.
!insertmacro MUI_LANGUAGE "English" ; en

LangString Welcome ${LANG_ENGLISH} "Lifeboat shows why an iPhone does not back up to iCloud, and keeps a backup of it on your own disk.$\r$\n$\r$\nIt is installed for you alone. Windows asks for no password, and nothing has to be restarted.$\r$\n$\r$\nPress Next to continue."
LangString Running ${LANG_ENGLISH} "Lifeboat is open. Let a backup that is under way finish, close Lifeboat, and press Retry.$\r$\n$\r$\nNothing was changed so far."
LangString BackupsStay ${LANG_ENGLISH} "Lifeboat was removed. Your backups, and what Lifeboat remembers of them, are still where they were."

VIProductVersion "${VERSION}.0"
VIAddVersionKey /LANG=${LANG_ENGLISH} "ProductName" "Lifeboat"
VIAddVersionKey /LANG=${LANG_ENGLISH} "ProductVersion" "${VERSION}"
VIAddVersionKey /LANG=${LANG_ENGLISH} "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=${LANG_ENGLISH} "FileDescription" "Setup of Lifeboat"
VIAddVersionKey /LANG=${LANG_ENGLISH} "LegalCopyright" "© 2026 The Lifeboat authors (MIT)"

; A program that runs can't be written to. It is asked to close as by its own
; cross, so that it can still ask about a backup that is under way, and waited
; for; it is never ended by force. The exit code 3 says that it stayed open.
!macro CountOpen PROGRAM
  ${If} ${FileExists} "$INSTDIR\${PROGRAM}"
    ClearErrors
    FileOpen $0 "$INSTDIR\${PROGRAM}" a
    ${If} ${Errors}
      IntOp $3 $3 + 1
    ${Else}
      FileClose $0
    ${EndIf}
  ${EndIf}
!macroend
!macro CloseRunning un
Function ${un}CloseRunning
  StrCpy $1 0
  ${Do}
    StrCpy $3 0
    !insertmacro CountOpen "lifeboat.exe"
    !insertmacro CountOpen "lifeboatctl.exe"
    ${If} $3 = 0
      ${ExitDo}
    ${EndIf}
    ${If} $1 = 0
      ; By its class too: a folder called Lifeboat that is open in Explorer has that title.
      FindWindow $2 "GLFW30" "Lifeboat"
      ${If} $2 <> 0
        SendMessage $2 ${WM_CLOSE} 0 0 /TIMEOUT=2000
      ${EndIf}
    ${EndIf}
    IntOp $1 $1 + 1
    ${If} $1 > 20
      StrCpy $1 0
      MessageBox MB_RETRYCANCEL|MB_ICONINFORMATION "$(Running)" /SD IDCANCEL IDRETRY again
      SetErrorLevel 3
      Quit
      again:
    ${Else}
      Sleep 500
    ${EndIf}
  ${Loop}
FunctionEnd
!macroend
!insertmacro CloseRunning ""
!insertmacro CloseRunning "un."

Section
  Call CloseRunning
  SetOutPath "$INSTDIR"
  File "${FROM}\lifeboat.exe"
  File "${FROM}\lifeboatctl.exe"
  File "${FROM}\LICENSE.txt"
  File "${FROM}\licences.txt"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\Lifeboat.lnk" "$INSTDIR\lifeboat.exe"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "Lifeboat"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\lifeboat.exe"
  WriteRegStr HKCU "${UNINSTALL}" "Publisher" "The Lifeboat authors"
  WriteRegStr HKCU "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  WriteRegDWORD HKCU "${UNINSTALL}" "EstimatedSize" $0
SectionEnd

; Only what the setup brought goes, file by file: whoever chose a folder with
; something else in it keeps that, and backups are not looked at at all.
Section Uninstall
  Call un.CloseRunning
  Delete "$INSTDIR\lifeboat.exe"
  Delete "$INSTDIR\lifeboatctl.exe"
  Delete "$INSTDIR\LICENSE.txt"
  Delete "$INSTDIR\licences.txt"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\Lifeboat.lnk"
  DeleteRegKey HKCU "${UNINSTALL}"
  MessageBox MB_OK|MB_ICONINFORMATION "$(BackupsStay)" /SD IDOK
SectionEnd
